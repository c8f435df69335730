namespace MLNet.Detection.Reports;

/// <summary>A named line of a chart.</summary>
/// <param name="Name">What the legend says.</param>
/// <param name="Points">From left to right.</param>
public sealed record ReportCurve(string Name, IReadOnlyList<CurvePoint> Points);
