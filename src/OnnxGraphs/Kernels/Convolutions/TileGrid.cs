using OnnxGraphs.Graphs;

namespace OnnxGraphs.Kernels.Convolutions;

/// <summary>Maps cut into tiles for Winograd's convolution; a strip is a row of tiles of an image.</summary>
/// <param name="Images">Images, each of which is cut alike.</param>
/// <param name="Height">Rows of the map on the outputs' side.</param>
/// <param name="Width">Its columns.</param>
/// <param name="Step">Rows and columns of outputs that a tile stands for: 4 or 5.</param>
internal sealed record TileGrid(int Images, int Height, int Width, int Step)
{
    /// <summary>Larger tiles round more: this share of the products is worth it.</summary>
    private const double WorthRounding = 0.95;

    private const int LineSize = 16;

    /// <summary>Rows and columns of a mapped tile.</summary>
    public int Side => Step + 2;

    /// <summary>Values of a mapped tile.</summary>
    public int Frequencies => Side * Side;

    /// <summary>Tiles of a strip.</summary>
    public int Across => (Width + Step - 1) / Step;

    /// <summary>Strips of an image.</summary>
    public int Down => (Height + Step - 1) / Step;

    /// <summary>Strips of all images.</summary>
    public int Strips => Images * Down;

    /// <summary>Tiles of all images.</summary>
    public long Tiles => (long)Strips * Across;

    /// <summary>The tiles that suit maps [N, C, H, W] best.</summary>
    public static TileGrid For(TensorShape maps) => Of(maps, StepFor([maps]));

    /// <summary>Rows and columns of a tile that suit all these maps together best.</summary>
    public static int StepFor(IReadOnlyList<TensorShape> maps) => Products(maps, 5) < WorthRounding * Products(maps, 4) ? 5 : 4;

    /// <summary>Tiles of so many rows and columns for maps [N, C, H, W].</summary>
    public static TileGrid Of(TensorShape maps, int step) => new((int)maps[0], (int)maps[2], (int)maps[3], step);

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

    // Of each pair of channels.
    private static long Products(IReadOnlyList<TensorShape> maps, int step) => maps.Select(map => Of(map, step))
        .Sum(grid => grid.Tiles * grid.Frequencies);
}
