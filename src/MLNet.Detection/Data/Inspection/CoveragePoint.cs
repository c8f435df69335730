namespace MLNet.Detection.Data.Inspection;

/// <summary>A point of the curve of recall over IoU.</summary>
/// <param name="Overlap">The IoU that an anchor must have with a box.</param>
/// <param name="Recall">The part of boxes with such an anchor.</param>
public readonly record struct CoveragePoint(double Overlap, double Recall);
