using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;

namespace OnnxGraphs.Kernels.Poolings;

/// <summary>One axis of a pool.</summary>
internal readonly record struct PoolAxis(int Size, int Output, int Kernel, int Stride, int Dilation, int Before)
{
    public static PoolAxis Of(TensorShape x, TensorShape y, Window window, int i) => new((int)x[i + 2], (int)y[i + 2],
        (int)window.Kernel[i], (int)window.Strides[i], (int)window.Dilations[i], (int)window.Before[i]);

    /// <summary>Two places after two, within the map.</summary>
    public bool IsHalving => this is { Kernel: 2, Stride: 2, Dilation: 1, Before: 0 } && 2 * Output <= Size;

    /// <summary>Three places every two.</summary>
    public bool IsOverlapping => this is { Kernel: 3, Stride: 2, Dilation: 1 };

    /// <summary>The places of a window that lie in the map.</summary>
    public (int First, int End) Window(int output)
    {
        var first = output * Stride - Before;
        var skipped = first >= 0 ? 0 : (-first + Dilation - 1) / Dilation;
        return (first + skipped * Dilation, Math.Min(first + (Kernel - 1) * Dilation + 1, Size));
    }
}
