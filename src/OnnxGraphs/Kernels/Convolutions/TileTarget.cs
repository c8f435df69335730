using OnnxGraphs.Kernels.Loops;

namespace OnnxGraphs.Kernels.Convolutions;

/// <summary>Maps products of tiles back to maps [N, C, H, W]; what tiles have beyond the maps is left out.</summary>
internal sealed unsafe class TileTarget(InnerLoops loops, TileGrid grid, int channels)
{
    private readonly int _pitch = grid.Across * grid.Step * loops.Width;

    /// <summary>Numbers that <see cref="Map"/> needs.</summary>
    public int Scratch => grid.Step * _pitch;

    /// <summary>Maps a strip's tiles of as many channels as a vector has numbers, from the first one on.</summary>
    /// <param name="products">The tiles at the first frequency.</param>
    /// <param name="strides">Where the other frequencies and tiles lie.</param>
    /// <param name="maps">The maps.</param>
    /// <param name="strip">The strip.</param>
    /// <param name="firstChannel">The first channel.</param>
    /// <param name="bias">A number for each channel of the maps, or null.</param>
    /// <param name="scratch">Memory to work in.</param>
    public void Map(float* products, TileStrides strides, float* maps, int strip, int firstChannel, float* bias,
        float* scratch)
    {
        var count = Math.Min(loops.Width, channels - firstChannel);
        var (image, top) = (strip / grid.Down, strip % grid.Down * grid.Step);
        var map = maps + ((long)image * channels + firstChannel) * grid.Height * grid.Width;
        for (var channel = 0; channel < count; channel++)
            CacheLines.Fetch(map + ((long)channel * grid.Height + top) * grid.Width,
                Math.Min(grid.Step, grid.Height - top) * grid.Width);
        loops.MapTiles(WinogradStep.Output, grid.Step, products, strides, scratch,
            new(_pitch, loops.Width, grid.Step * loops.Width), grid.Across);
        if (bias is not null)
            AddBias(bias + firstChannel, count, scratch);
        for (var y = top; y < Math.Min(top + grid.Step, grid.Height); y++, scratch += _pitch)
            loops.Transpose(scratch, loops.Width, grid.Width, count, map + (long)y * grid.Width,
                grid.Height * grid.Width);
    }

    private void AddBias(float* bias, int count, float* rows)
    {
        var all = stackalloc float[loops.Width];
        new Span<float>(bias, count).CopyTo(new(all, loops.Width));
        loops.AddBias(rows, Scratch, all);
    }
}
