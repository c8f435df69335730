using OnnxGraphs.Kernels.Loops;

namespace OnnxGraphs.Kernels.Convolutions;

/// <summary>Rows of pixels in panels of two vectors, [panel][row][pixel]; the last panel may be a single vector.</summary>
internal sealed unsafe class PixelPanels(InnerLoops loops, int rows)
{
    /// <summary>Pixels of a panel.</summary>
    public int Panel { get; } = 2 * loops.Width;

    /// <summary>The next multiple of a panel's pixels.</summary>
    public int Whole(int pixels) => (pixels + Panel - 1) / Panel * Panel;

    /// <summary>Pixels of the panel from one on that has so many behind it.</summary>
    public int Width(int rest) => rest <= loops.Width ? loops.Width : Panel;

    /// <summary>A row of the panels, with a number added.</summary>
    public void Unpack(float* panels, int row, int count, float bias, float* pixels)
    {
        var whole = count / Panel * Panel;
        loops.Unpack(panels + row * Panel, rows * Panel, whole, bias, pixels);
        if (whole < count)
            loops.Unpack(panels + rows * whole + row * Width(count - whole), 0, count - whole, bias, pixels + whole);
    }
}
