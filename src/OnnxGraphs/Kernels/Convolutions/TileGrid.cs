namespace OnnxGraphs.Kernels.Convolutions;

/// <summary>Maps cut into tiles for Winograd's convolution; a strip is a row of tiles of an image.</summary>
/// <param name="Images">Images, each of which is cut alike.</param>
/// <param name="Height">Rows of the map on the outputs' side.</param>
/// <param name="Width">Its columns.</param>
internal sealed record TileGrid(int Images, int Height, int Width)
{
    /// <summary>Rows and columns of outputs that a tile stands for.</summary>
    public const int Step = 4;

    /// <summary>Values of a mapped tile.</summary>
    public const int Frequencies = 36;

    private const int LineSize = 16;

    /// <summary>Tiles of a strip.</summary>
    public int Across { get; } = (Width + Step - 1) / Step;

    /// <summary>Strips of an image.</summary>
    public int Down { get; } = (Height + Step - 1) / Step;

    /// <summary>Strips of all images.</summary>
    public int Strips => Images * Down;

    /// <summary>Tiles of all images.</summary>
    public long Tiles => (long)Strips * Across;

    /// <summary>Strips to work on at once, so that their mapped tiles have about as many numbers as wanted.</summary>
    /// <param name="numbers">Numbers of a tile at one frequency.</param>
    /// <param name="wanted">Numbers to hold.</param>
    public int StripsAtOnce(int numbers, int wanted)
    {
        var most = Math.Clamp(wanted / (Frequencies * Across * numbers), 1, Strips);
        var times = (Strips + most - 1) / most;
        return (Strips + times - 1) / times;
    }

    /// <summary>
    /// The next larger distance that is an odd number of cache lines: equal places then fall into different sets.
    /// </summary>
    public static int Spread(int numbers) => ((numbers + LineSize - 1) / LineSize | 1) * LineSize;
}
