namespace MLNet.Detection.Evaluation;

/// <summary>What is known of a picture in a federated data set, where each picture is annotated for some categories
/// only.</summary>
/// <param name="Id">The picture.</param>
/// <param name="NegativeCategoryIds">Categories of which it surely shows no object.</param>
/// <param name="NotExhaustiveCategoryIds">Categories of which it may show more objects than are annotated.</param>
public sealed record LvisImage(
    long Id, IReadOnlyCollection<long> NegativeCategoryIds, IReadOnlyCollection<long> NotExhaustiveCategoryIds);
