using System.Globalization;
using OnnxGraphs.Graphs;

namespace Benchmarks.Cuda;

/// <summary>A convolution, from a line of shapes.csv, which pytorch/cuda.py reads too.</summary>
internal sealed record Shape(
    string Name, long Images, long Channels, long Height, long Width, long Kernels, long Size, long Stride, long Pad)
{
    /// <summary>Its input.</summary>
    public TensorShape X => new(Images, Channels, Height, Width);

    /// <summary>The gradient of its output.</summary>
    public TensorShape Dy => new(Images, Kernels, Out(Height), Out(Width));

    /// <summary>All shapes; small ones have two images and maps of an eighth.</summary>
    public static IEnumerable<Shape> Read(string path, bool small) => File.ReadLines(path).Skip(1).Select(line =>
    {
        var cells = line.Split(',');
        var n = cells[1..].Select(cell => long.Parse(cell, CultureInfo.InvariantCulture)).ToArray();
        return small ? new Shape(cells[0], 2, n[1], n[2] / 8, n[3] / 8, n[4], n[5], n[6], n[7])
            : new(cells[0], n[0], n[1], n[2], n[3], n[4], n[5], n[6], n[7]);
    });

    private long Out(long size) => (size + 2 * Pad - Size) / Stride + 1;
}
