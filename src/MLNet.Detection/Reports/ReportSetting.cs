namespace MLNet.Detection.Reports;

/// <summary>A setting of the run.</summary>
/// <param name="Name">The option's name.</param>
/// <param name="Value">Its value, as shown.</param>
public sealed record ReportSetting(string Name, string Value);
