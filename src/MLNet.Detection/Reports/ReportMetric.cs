namespace MLNet.Detection.Reports;

/// <summary>A metric of the evaluation, such as one of the twelve COCO numbers.</summary>
/// <param name="Name">Its short name: AP50.</param>
/// <param name="Value">0 to 1; -1 or NaN when there was nothing to evaluate.</param>
/// <param name="Meaning">What it measures.</param>
public sealed record ReportMetric(string Name, double Value, string Meaning = "");
