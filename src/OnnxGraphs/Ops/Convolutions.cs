using OnnxGraphs.Graphs;

namespace OnnxGraphs.Ops;

public static partial class Op
{
    /// <summary>
    /// Convolution of x [N, C, H, W] with w [K, C / group, kh, kw] and an optional bias [K]; the same stride, padding
    /// and dilation on both axes.
    /// </summary>
    public static Var Conv(Var x, Var w, Var? bias = null, long stride = 1, long pad = 0, long dilation = 1,
        long group = 1) =>
        Conv(x, w, bias, [stride, stride], [pad, pad, pad, pad], [dilation, dilation], group);

    /// <summary>Convolution with all attributes: pads are [before of all axes, after of all axes].</summary>
    public static Var Conv(Var x, Var w, Var? bias, long[] strides, long[] pads, long[] dilations, long group) =>
        Apply("Conv",
        bias is null ? [x, w] : [x, w, bias],
        new() { { "strides", strides }, { "pads", pads }, { "dilations", dilations }, { "group", group } });

    /// <summary>Kernel that computes dx of a Conv from dy and the weights.</summary>
    internal const string ConvInputGradient = "ConvInputGradient";

    /// <summary>Kernel that computes dw of a Conv from dy and x.</summary>
    internal const string ConvWeightGradient = "ConvWeightGradient";

    private static OperatorTable Convolutions() => new()
    {
        ["Conv"] = new(ConvShape, (dy, x, y) =>
            [WithKernel(ConvolutionGradients.OfInput(dy, x), ConvInputGradient, ExplicitWindow(x), dy, x[1]),
            WithKernel(ConvolutionGradients.OfWeights(dy, x), ConvWeightGradient, ExplicitWindow(x), dy, x[0]),
            x.Optional(2) is null ? null : SumOfChannels(dy)]),
        ["ConvTranspose"] = new(ConvTransposeShape, ConvTransposeGradient),
    };

    private static IReadOnlyList<TypedShape> ConvShape(Node x)
    {
        var (input, w, group) = (x[0].Shape, x[1].Shape, x.Attributes.Int("group", 1));
        if (input.Rank != w.Rank || input.Rank < 3)
            throw new GraphException($"{x}: input {input} and weights {w} must have the same rank of at least 3.");
        if (input[1] != w[1] * group || w[0] % group != 0)
            throw new GraphException($"{x}: weights {w} with {group} groups do not fit an input "
                + $"of {input[1]} channels.");
        Expect(x, x.Optional(2) is not { } bias || bias.Shape == new TensorShape(w[0]), $"a bias of shape [{w[0]}]");
        return [new(x[0].Type, new([input[0], w[0], .. Window.Of(x, [.. w.Skip(2)]).Output(input)]))];
    }

    // The attributes of a Conv with its padding given, not automatic.
    private static Attributes ExplicitWindow(Node conv)
    {
        var window = Window.Of(conv, [.. conv[1].Shape.Skip(2)]);
        return new()
        {
            { "strides", window.Strides }, { "dilations", window.Dilations },
            { "pads", window.Before.Concat(window.After).ToArray() }, { "group", conv.Attributes.Int("group", 1) },
        };
    }

    private static IReadOnlyList<TypedShape> ConvTransposeShape(Node x)
    {
        var (input, w, group) = (x[0].Shape, x[1].Shape, x.Attributes.Int("group", 1));
        if (x.Attributes.Text("auto_pad", "NOTSET") is "SAME_UPPER" or "SAME_LOWER" || x.Attributes.Has("output_shape"))
            throw new GraphException($"{x}: ConvTranspose is read with explicit pads only, "
                + "not with auto_pad or output_shape.");
        if (input.Rank != w.Rank || input.Rank < 3 || input[1] != w[0] || w[0] % group != 0)
            throw new GraphException($"{x}: weights {w} with {group} groups do not fit an input "
                + $"of {input[1]} channels.");
        var window = Window.Of(x, [.. w.Skip(2)]);
        var rest = x.Attributes.Ints("output_padding") ?? new long[window.Rank];
        var space = Enumerable.Range(0, window.Rank).Select(i =>
            (input[i + 2] - 1) * window.Strides[i] + window.Extent(i) - window.Before[i] - window.After[i] + rest[i]);
        return [new(x[0].Type, new([input[0], w[1] * group, .. space]))];
    }

    // The transposed convolution is linear in each operand and the adjoint of Conv: dx is Conv of dy, dw is Conv's dw
    // with the roles of input and output exchanged.
    private static Var?[] ConvTransposeGradient(Var dy, Node x, Var y)
    {
        var (w, group) = (x[1], x.Attributes.Int("group", 1));
        var window = Window.Of(x, [.. w.Shape.Skip(2)]);
        long[] pads = [.. window.Before, .. window.After];
        var dx = Conv(dy, w, null, window.Strides, pads, window.Dilations, group);
        // Output padding lets Conv see more windows than x has: drop them.
        if (dx.Shape != x[0].Shape)
            dx = Slice(dx, [.. Enumerable.Range(2, window.Rank).Select(i => (long)i)], new long[window.Rank],
                [.. x[0].Shape.Skip(2)], [.. Enumerable.Repeat(1L, window.Rank)]);
        return [dx, ConvolutionGradients.BySlices(dy, x[0], w.Shape, window, group), x.Optional(2) is null ? null
            : SumOfChannels(dy)];
    }
}
