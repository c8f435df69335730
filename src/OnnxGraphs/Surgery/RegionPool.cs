namespace OnnxGraphs.Surgery;

/// <summary>Where a file takes the features of regions from one of its maps.</summary>
/// <param name="Value">Name of the features [R, C, rows, columns], the output of a RoiAlign.</param>
/// <param name="Map">Name of the map [1, C, H, W].</param>
public sealed record RegionPool(string Value, string Map);
