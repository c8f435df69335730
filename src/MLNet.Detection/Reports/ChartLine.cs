namespace MLNet.Detection.Reports;

/// <summary>A line of a chart.</summary>
/// <param name="Name">What the legend says.</param>
/// <param name="Points">Where it goes; points that are not finite are left out.</param>
/// <param name="Color">Index into the palette; the eighth and later ones are dashed.</param>
/// <param name="Faint">Drawn thin and pale, without marks and without a legend.</param>
public sealed record ChartLine(string Name, IReadOnlyList<CurvePoint> Points, int Color, bool Faint = false);
