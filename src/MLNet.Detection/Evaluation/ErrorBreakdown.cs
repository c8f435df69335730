namespace MLNet.Detection.Evaluation;

/// <summary>Which errors cost how much average precision.</summary>
/// <param name="AP">Mean average precision at the IoU threshold.</param>
/// <param name="PerKind">One entry an error kind.</param>
/// <param name="FalsePositives">AP won if no wrong detection had a higher score than a right one.</param>
/// <param name="FalseNegatives">AP won if the objects that were not found were not wanted.</param>
public sealed record ErrorBreakdown(
    double AP, IReadOnlyDictionary<ErrorKind, ErrorCost> PerKind, double FalsePositives, double FalseNegatives);
