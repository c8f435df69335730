namespace MLNet.Detection.Reports;

/// <summary>A number at the head of the report.</summary>
/// <param name="Label">What it is.</param>
/// <param name="Value">The number with its unit, as shown.</param>
/// <param name="Note">A few words under it; may be empty.</param>
public sealed record ReportFigure(string Label, string Value, string Note = "");
