using OnnxGraphs.Graphs;

namespace OnnxGraphs.Kernels.Convolutions;

/// <summary>Maps [N, ..., H, W] in bands of about as many pixels: some rows of an image, or the maps of some images.</summary>
/// <param name="Maps">Their shape.</param>
/// <param name="Images">Images of a band.</param>
/// <param name="Rows">Rows of a band.</param>
/// <param name="Count">Bands.</param>
internal sealed record MapBands(TensorShape Maps, int Images, int Rows, int Count)
{
    /// <summary>Pixels of the largest band.</summary>
    public int Pixels => Images * Rows * (int)Maps[3];

    /// <summary>Bands of no more pixels than these, but at least a row.</summary>
    public static MapBands Of(TensorShape maps, int pixels)
    {
        var (all, height, width) = ((int)maps[0], (int)maps[2], (int)maps[3]);
        var most = Math.Clamp(pixels / width, 1, height);
        var bands = (height + most - 1) / most;
        var images = bands > 1 ? 1 : Math.Clamp(pixels / (height * width), 1, all);
        return new(maps, images, (height + bands - 1) / bands, (all + images - 1) / images * bands);
    }

    public MapBand At(int index)
    {
        var (height, bands) = ((int)Maps[2], ((int)Maps[2] + Rows - 1) / Rows);
        var (image, row) = (index / bands * Images, index % bands * Rows);
        return new(image, Math.Min(Images, (int)Maps[0] - image), row, Math.Min(Rows, height - row), (int)Maps[3]);
    }
}
