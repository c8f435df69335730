using MLNet.Detection.Boxes;

namespace MLNet.Detection.Reports;

/// <summary>A box over a picture.</summary>
/// <param name="Box">In pixels of the picture.</param>
/// <param name="Category">Index into <see cref="ReportData.Classes"/>.</param>
/// <param name="Score">0 to 1; of no meaning for a true box.</param>
public sealed record ReportBox(Box Box, int Category, float Score = 1);
