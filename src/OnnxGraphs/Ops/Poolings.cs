using OnnxGraphs.Graphs;

namespace OnnxGraphs.Ops;

public static partial class Op
{
    /// <summary>Mean over all space of [N, C, ...], as [N, C, 1, ...].</summary>
    public static Var GlobalAveragePool(Var x) => Unary("GlobalAveragePool", x);

    /// <summary>The largest number around each of a map [N, C, H, W]: windows of an odd size, of the map's own size.</summary>
    public static Var MaxAround(Var x, int size) => Apply("MaxPool", [x], new()
    {
        { "kernel_shape", new long[] { size, size } }, { "strides", new long[] { 1, 1 } },
        { "pads", new long[] { size / 2, size / 2, size / 2, size / 2 } },
    });

    /// <summary>Kernel that computes dx of a MaxPool from dy and x.</summary>
    internal const string MaxPoolInputGradient = "MaxPoolGradient";

    private static OperatorTable Poolings() => new()
    {
        ["MaxPool"]           = new(PoolShape, MaxPoolGradient),
        ["AveragePool"]       = new(PoolShape, AveragePoolGradient),
        ["GlobalAveragePool"] = new(GlobalPoolShape, (dy, x, y) => [dy / Product(x[0].Shape.Skip(2))]),
        ["GlobalMaxPool"]     = new(GlobalPoolShape, (dy, x, y) => [GlobalMaxGradient(dy, x, y)]),
    };

    private static IReadOnlyList<TypedShape> PoolShape(Node x)
    {
        var window = Window.Of(x, x.Attributes.Ints("kernel_shape")
            ?? throw new GraphException($"{x}: attribute kernel_shape is missing."));
        var shape = new TensorShape([x[0].Shape[0], x[0].Shape[1],
            .. window.Output(x[0].Shape, x.Attributes.Flag("ceil_mode"))]);
        return [new(x[0].Type, shape), new(ElementType.Int64, shape)];
    }

    private static IReadOnlyList<TypedShape> GlobalPoolShape(Node x)
    {
        Expect(x, x[0].Shape.Rank > 2, "an input [N, C, ...] with at least one axis of space");
        return [new(x[0].Type, new([.. x[0].Shape.Select((dim, i) => i < 2 ? dim : 1)]))];
    }

    private static Var GlobalMaxGradient(Var dy, Node x, Var y)
    {
        var chosen = Cast(Equal(x[0], y), dy.Type);
        return dy * chosen / ReduceSum(chosen, [.. Enumerable.Range(2, y.Shape.Rank - 2).Select(i => (long)i)]);
    }

    // The pool's second output says where each maximum stood (in the flattened input): add dy there.
    private static Var?[] MaxPoolGradient(Var dy, Node x, Var y)
    {
        var indices = Apply("MaxPool", x.Inputs, x.Attributes, 2)[1];
        var zeros = Filled(dy.Graph, new(x[0].Shape.Size), 0);
        var sum = ScatterElements(zeros, Reshape(indices, -1), Reshape(dy, -1), 0, "add");
        return [WithKernel(Reshape(sum, x[0].Shape), MaxPoolInputGradient, x.Attributes, dy, x[0])];
    }

    // Each output is a mean over its window: spread dy / count over the window with a depthwise transposed convolution
    // of ones.
    private static Var?[] AveragePoolGradient(Var dy, Node x, Var y)
    {
        var window = Window.Of(x, x.Attributes.Ints("kernel_shape")!);
        ExpectSmall(x, window.Kernel);
        var channels = x[0].Shape[1];
        var ones = Filled(dy.Graph, new([channels, 1, .. window.Kernel]), 1);
        for (var i = 0; i < window.Rank; i++)
            dy /= WindowCounts(x, y, window, i);
        return [window.Transposed(dy, ones, channels, x[0].Shape)];
    }

    // Over how many elements each window averages along a spatial axis: the padding counts where asked, what lies
    // beyond it (ceil mode) never does.
    private static Var WindowCounts(Node x, Var y, Window window, int axis)
    {
        ExpectSmall(x, window.Kernel[axis], y.Shape[axis + 2]);
        var padded = x.Attributes.Flag("count_include_pad");
        var low = padded ? -window.Before[axis] : 0;
        var high = x[0].Shape[axis + 2] + (padded ? window.After[axis] : 0);
        var taps = Enumerable.Range(0, (int)window.Kernel[axis])
            .Select(tap => tap * window.Dilations[axis] - window.Before[axis]);
        var counts = Enumerable.Range(0, (int)y.Shape[axis + 2])
            .Select(i => (float)taps.Count(tap => tap + i * window.Strides[axis] is var at && at >= low && at < high))
                .ToArray();
        if (counts.All(count => count == window.Kernel[axis]))
            return y.Like(window.Kernel[axis]);
        return y.Graph.Constant(Tensor.Of<float>(new([counts.Length, .. Enumerable.Repeat(1L, window.Rank - 1 - axis)]),
            counts));
    }
}
