using OnnxGraphs.Graphs;
using static OnnxGraphs.Ops.Op;

namespace OnnxGraphs.Ops;

/// <summary>
/// Gradients of Conv in standard operators. Several lowerings are equal in value; the fastest one is chosen by shape,
/// after measurements on the CPU (benchmarks/README.md).
/// </summary>
internal static class ConvolutionGradients
{
    /// <summary>
    /// Outputs of at least this many pixels favour Conv and MatMul over the transposed and 3-D forms.
    /// </summary>
    private const long LargeMap = 300;

    /// <summary>
    /// Depthwise outputs of fewer pixels favour one grouped convolution over a product for each entry of the kernel.
    /// </summary>
    private const long SmallMap = 128;

    /// <summary>
    /// dx [N, C, ...]: the convolution of dy with the flipped weights, or the transposed convolution.
    /// </summary>
    public static Var OfInput(Var dy, Node conv)
    {
        var (x, w, group) = (conv[0], conv[1], conv.Attributes.Int("group", 1));
        var window = Window.Of(conv, [.. w.Shape.Skip(2)]);
        var pixels = dy.Shape.SizeOf(2..);
        var flips = window.IsUnit && (group == 1 || w.Shape[0] == group) && window.Rank == 2
            && Enumerable.Range(0, 2)
                .All(i => window.Before[i] < window.Extent(i) && window.After[i] < window.Extent(i));
        return flips && (group > 1 || pixels >= LargeMap || window.Kernel.All(k => k == 1))
            ? ByFlippedConvolution(dy, conv, window, group)
            : window.Transposed(dy, w, group, x.Shape);
    }

    /// <summary>dw [K, C / group, ...].</summary>
    public static Var OfWeights(Var dy, Node conv)
    {
        var (x, w, group) = (conv[0], conv[1], conv.Attributes.Int("group", 1));
        var window = Window.Of(conv, [.. w.Shape.Skip(2)]);
        var pixels = dy.Shape.SizeOf(2..);
        var pointwise = window.Kernel.All(k => k == 1);
        ExpectSmall(conv, window.Kernel);
        if (dy.Shape.Size == 0)
            return Filled(dy.Graph, w.Shape, 0);
        // One pixel, as behind a global pooling: a single product sums the images too.
        if (group == 1 && pointwise && pixels == 1 && x.Shape.SizeOf(2..) == 1 && !window.HasPadding)
            return Reshape(MatMul(Transposed(Reshape(dy, -1, w.Shape[0])), Reshape(x, -1, w.Shape[1])), w.Shape);
        if (group == w.Shape[0] && w.Shape[1] == 1 && window.Rank == 2 && (!window.IsUnit || pixels < SmallMap))
            return ByGroups(x, dy, w.Shape, window);
        return pointwise || group > 1 || window.Rank != 2 || (window.IsUnit && pixels >= LargeMap)
            ? BySlices(x, dy, w.Shape, window, group)
            : ByVolume(x, dy, w.Shape, window);
    }

    // dx = dy * flip(w)': stride 1, one group or one filter a group.
    private static Var ByFlippedConvolution(Var dy, Node conv, Window window, long group)
    {
        var (w, size) = (conv[1], window.Kernel[0] * window.Kernel[1]);
        ExpectSmall(conv, size, size);
        var swapped = group > 1 ? Reshape(w, -1, 1, w.Shape[2], w.Shape[3]) : Transpose(w, 1, 0, 2, 3);
        var flipped = size == 1 ? swapped : Reshape(
            MatMul(Reshape(swapped, -1, size), w.Graph.Constant(Reversal(size))), swapped.Shape);
        var pads = Enumerable.Range(0, 2).Select(i => window.Extent(i) - 1 - window.Before[i])
            .Concat(Enumerable.Range(0, 2).Select(i => window.Extent(i) - 1 - window.After[i]));
        return Conv(dy, flipped, null, window.Strides, [.. pads], window.Dilations, group);
    }

    // The permutation matrix that reverses n entries; a product with it beats a Slice with negative steps.
    private static Tensor Reversal(long n)
    {
        var matrix = new float[n * n];
        for (var i = 0; i < n; i++)
            matrix[i * n + (n - 1 - i)] = 1;
        return Tensor.Of<float>(new(n, n), matrix);
    }

    /// <summary>
    /// dw by one shifted slice of x for each entry of the kernel and a product over pixels: dw[:, :, tap] = sum_n dy
    /// x_tap'.
    /// </summary>
    public static Var BySlices(Var x, Var dy, TensorShape w, Window window, long group)
    {
        if (window.IsUnit && (window.HasPadding || window.Kernel.Any(k => k > 1)))
            return ByWindows(x, dy, w, window, group);
        var (n, pixels) = (x.Shape[0], dy.Shape.SizeOf(2..));
        var rows = Reshape(dy, n, group, w[0] / group, pixels);
        var padded = window.HasPadding ? Pad(x, [0, 0, .. window.Before, 0, 0, .. window.After]) : x;
        var taps = Taps(window).Select(tap => Unsqueeze(MatMul(rows, Transposed(Reshape(
            Shifted(padded, tap, dy.Shape, window), n, group, w[1], pixels))), 4)).ToList();
        return Reshape(ReduceSum(Concat(taps, 4), [0], keep: false), w);
    }

    // x at one entry of the kernel: every stride-th pixel from the entry's offset, as many as dy has.
    private static Var Shifted(Var padded, long[] tap, TensorShape dy, Window window)
    {
        var starts = tap.Zip(window.Dilations, (t, d) => t * d).ToArray();
        var ends = starts.Select((start, i) => start + (dy[i + 2] - 1) * window.Strides[i] + 1).ToArray();
        var whole = starts.All(s => s == 0) && window.IsUnit
            && Enumerable.Range(0, window.Rank).All(i => ends[i] == padded.Shape[i + 2]);
        return whole ? padded
            : Slice(padded, [.. Enumerable.Range(2, window.Rank).Select(i => (long)i)], starts, ends, window.Strides);
    }

    // The same for stride 1. In a map laid out flat, a shift by i rows and j pixels is a shift by i times the row's
    // length plus j: each entry of the kernel sees one contiguous piece, which is cheap to copy. What wraps round a row's
    // end meets the zeros that dy is padded with; one more row keeps the last piece inside.
    private static Var ByWindows(Var x, Var dy, TensorShape w, Window window, long group)
    {
        var (n, rank) = (x.Shape[0], window.Rank);
        long[] lengths = [.. x.Shape.Skip(2).Select((dim, i) => window.Before[i] + dim + window.After[i])];
        long[] pitches = [.. lengths.Select((_, i) => lengths[(i + 1)..].Aggregate(1L, (a, b) => a * b))];
        long[] wrapped = [0, .. lengths[1..].Select((length, i) => length - dy.Shape[i + 3])];
        var map = Pad(x, [0, 0, .. window.Before, 0, 0, window.After[0] + 1, .. window.After[1..]]);
        var flat = Reshape(map, n, group, w[1], (lengths[0] + 1) * pitches[0]);
        var rows = Reshape(Pad(dy, [0, 0, .. new long[rank], 0, 0, .. wrapped]), n, group, w[0] / group,
            dy.Shape[2] * pitches[0]);
        var taps = Taps(window).Select(tap =>
        {
            var start = tap.Select((t, i) => t * window.Dilations[i] * pitches[i]).Sum();
            return Unsqueeze(MatMul(rows, Transposed(Slice(flat, 3, start, start + rows.Shape[3]))), 4);
        });
        return Reshape(ReduceSum(Concat([.. taps], 4), [0], keep: false), w);
    }

    private static IEnumerable<long[]> Taps(Window window) => window.Kernel.Aggregate<long, IEnumerable<long[]>>([[]],
        (taps, size) => taps.SelectMany(tap =>
            Enumerable.Range(0, (int)size).Select(i => tap.Append((long)i).ToArray())));

    // dw of a depthwise convolution by another one: x as [1, N C, H, W], dy as kernel [N C, 1, OH, OW] with the strides
    // as dilations.
    private static Var ByGroups(Var x, Var dy, TensorShape w, Window window)
    {
        var (n, c, maps) = (x.Shape[0], x.Shape[1], x.Shape[0] * x.Shape[1]);
        var (reached, after) = Reached(x, dy, window);
        var products = Conv(Reshape(reached, 1, maps, reached.Shape[2], reached.Shape[3]),
            Reshape(dy, maps, 1, dy.Shape[2], dy.Shape[3]),
            null, window.Dilations, [.. window.Before, .. after], window.Strides, maps);
        return Reshape(ReduceSum(Reshape(products, n, c, w[2], w[3]), [0], keep: false), w);
    }

    // dw by one 3-D convolution: x as [1, N, C, H, W], dy' as kernel [K, N, 1, OH, OW] with the strides as dilations.
    private static Var ByVolume(Var x, Var dy, TensorShape w, Window window)
    {
        var (n, k) = (x.Shape[0], dy.Shape[1]);
        var (reached, after) = Reached(x, dy, window);
        var kernel = Reshape(Transpose(dy, 1, 0, 2, 3), k, n, 1, dy.Shape[2], dy.Shape[3]);
        return Reshape(Conv(Unsqueeze(reached, 0), kernel, null, [1, .. window.Dilations],
            [0, .. window.Before, 0, .. after], [1, .. window.Strides], 1), w);
    }

    // x and the padding after it without the pixels that no window reaches: they would give entries that w does not
    // have.
    private static (Var X, long[] After) Reached(Var x, Var dy, Window window)
    {
        var after = window.After.ToArray();
        for (var i = 0; i < window.Rank; i++)
        {
            after[i] = (dy.Shape[i + 2] - 1) * window.Strides[i] + window.Extent(i) - window.Before[i] - x.Shape[i + 2];
            if (after[i] < 0)
                (x, after[i]) = (Slice(x, i + 2, 0, x.Shape[i + 2] + after[i]), 0);
        }
        return (x, after);
    }
}
