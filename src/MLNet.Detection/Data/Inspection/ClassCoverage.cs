namespace MLNet.Detection.Data.Inspection;

/// <summary>How well anchors cover a class.</summary>
/// <param name="Name">The class.</param>
/// <param name="Boxes">Boxes measured.</param>
/// <param name="Recall50">The part of them with an anchor of IoU 0.5 or more; null without boxes.</param>
/// <param name="MeanOverlap">The mean IoU of a box with its best anchor; null without boxes.</param>
public sealed record ClassCoverage(string Name, int Boxes, double? Recall50, double? MeanOverlap);
