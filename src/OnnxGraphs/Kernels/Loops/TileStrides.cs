namespace OnnxGraphs.Kernels.Loops;

/// <summary>Numbers from one row of a tile to the next, from one column, and from one tile.</summary>
internal readonly record struct TileStrides(nint Row, nint Column, nint Tile);
