namespace MLNet.Detection.Evaluation;

/// <summary>Pascal VOC metrics of one category.</summary>
/// <param name="CategoryId">The category.</param>
/// <param name="GroundTruths">Objects to be found.</param>
/// <param name="TruePositives">Objects found.</param>
/// <param name="FalsePositives">Detections that found nothing, or what had been found before.</param>
/// <param name="AP">Average precision; NaN without ground truths.</param>
public sealed record VocCategoryMetrics(
    long CategoryId, int GroundTruths, int TruePositives, int FalsePositives, double AP);
