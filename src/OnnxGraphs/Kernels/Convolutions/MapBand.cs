namespace OnnxGraphs.Kernels.Convolutions;

/// <summary>Some rows of the maps of some images.</summary>
internal readonly record struct MapBand(int Image, int Images, int FirstRow, int Rows, int Width)
{
    public int Pixels => Images * Rows * Width;
}
