namespace MLNet.Detection.Reports;

/// <summary>A point of a curve. Points that are not finite are left out.</summary>
/// <param name="X">Step, epoch or recall.</param>
/// <param name="Y">The value there.</param>
public readonly record struct CurvePoint(double X, double Y);
