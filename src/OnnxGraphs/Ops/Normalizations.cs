using OnnxGraphs.Graphs;

namespace OnnxGraphs.Ops;

public static partial class Op
{
    private static OperatorTable Normalizations() => new()
    {
        ["BatchNormalization"]    = new(BatchNormalizationShape, BatchNormalizationGradient)
                                        { Remark = "in inference form" },
        ["LayerNormalization"]    = new(LayerNormalizationShape, LayerNormalizationGradient)
                                        { Remark = "of the first output" },
        ["InstanceNormalization"] = new(PerChannelShape, InstanceNormalizationGradient),
        ["GroupNormalization"]    = new(GroupNormalizationShape, GroupNormalizationGradient),
        ["MeanVarianceNormalization"] = new(Same, (dy, x, y) => [Denormalized(dy, x[0], MomentAxes(x), 1e-18f).Dx]),
        ["LpNormalization"]       = new(LpNormalizationShape, (dy, x, y) => [LpNormalizationGradient(dy, x, y)]),
        ["LRN"]                   = Composed(LrnShape, LocalResponse),
    };

    private static IReadOnlyList<TypedShape> BatchNormalizationShape(Node x)
    {
        var channels = x[0].Shape[1];
        Expect(x, Enumerable.Range(1, 4).All(i => x[i].Shape == new TensorShape(channels)),
            $"scale, bias, mean and variance of shape [{channels}] for {channels} channels");
        return Same(x);
    }

    // Inference form: y = s x + b - s mean with s = scale / sqrt(var + eps); the statistics are constants.
    private static Var?[] BatchNormalizationGradient(Var dy, Node x, Var y)
    {
        if (x.Attributes.Flag("training_mode"))
            throw new GraphException($"{x}: BatchNormalization trains in its inference form only; "
                + "export with training_mode = 0.");
        var (scale, mean) = (PerChannel(x[1], y), PerChannel(x[3], y));
        var inverse = PerChannel(1f / Sqrt(x[4] + Epsilon(x)), y);
        return [dy * (scale * inverse), SumOfChannels(dy * ((x[0] - mean) * inverse)), SumOfChannels(dy)];
    }

    private static float Epsilon(Node x) => x.Attributes.Float("epsilon", 1e-5f);

    // A vector [C] as [1, C, 1, 1], to broadcast over the batch and space.
    private static Var PerChannel(Var vector, Var like) =>
        Reshape(vector, new TensorShape([1, vector.Shape[0], .. Enumerable.Repeat(1L, like.Shape.Rank - 2)]));

    // [N, C, ...] -> [C], over space first: two short sums keep more digits than a long one.
    private static Var SumOfChannels(Var x)
    {
        var space = AxesFrom(2, x.Shape.Rank);
        return ReduceSum(space.Length == 0 ? x : ReduceSum(x, space, keep: false), [0], keep: false);
    }

    private static long[] AxesFrom(int axis, int rank) =>
        [.. Enumerable.Range(axis, rank - axis).Select(i => (long)i)];

    private static IReadOnlyList<TypedShape> LayerNormalizationShape(Node x)
    {
        var axis = x[0].Shape.Axis(x.Attributes.Int("axis", -1));
        Expect(x, FitsInto(x[1].Shape, x[0].Shape)
            && (x.Optional(2) is not { } bias || FitsInto(bias.Shape, x[0].Shape)),
            "scale and bias that can be broadcast to the input");
        var moments = new TypedShape(ElementType.Float32, new([.. x[0].Shape.Select((dim, i) => i < axis ? dim : 1)]));
        return [new(x[0].Type, x[0].Shape), moments, moments];
    }

    private static Var?[] LayerNormalizationGradient(Var dy, Node x, Var y)
    {
        var axes = AxesFrom(x[0].Shape.Axis(x.Attributes.Int("axis", -1)), x[0].Shape.Rank);
        var (dx, h) = Denormalized(dy * x[1], x[0], axes, Epsilon(x));
        return [dx, dy * h, dy];
    }

    // h = (x - mean) r with r = 1 / sqrt(var + eps) over the axes: dx = r (dh - mean(dh) - h mean(dh h)).
    private static (Var Dx, Var H) Denormalized(Var dh, Var x, long[] axes, float epsilon)
    {
        var centred = x - ReduceMean(x, axes);
        var r = 1f / Sqrt(ReduceMean(centred * centred, axes) + epsilon);
        var h = centred * r;
        return (r * (dh - ReduceMean(dh, axes) - h * ReduceMean(dh * h, axes)), h);
    }

    private static IReadOnlyList<TypedShape> PerChannelShape(Node x)
    {
        var channels = new TensorShape(x[0].Shape[1]);
        Expect(x, x[0].Shape.Rank > 2 && x[1].Shape == channels && x[2].Shape == channels,
            $"an input [N, C, ...] with scale and bias of shape {channels}");
        return Same(x);
    }

    private static Var?[] InstanceNormalizationGradient(Var dy, Node x, Var y)
    {
        var (dx, h) = Denormalized(dy * PerChannel(x[1], y), x[0], AxesFrom(2, y.Shape.Rank), Epsilon(x));
        return [dx, SumOfChannels(dy * h), SumOfChannels(dy)];
    }

    private static IReadOnlyList<TypedShape> GroupNormalizationShape(Node x)
    {
        var groups = x.Attributes.Int("num_groups", 0);
        Expect(x, groups > 0 && x[0].Shape[1] % groups == 0, $"channels in {groups} groups");
        return PerChannelShape(x);
    }

    // Each group is one row of [N, groups, ...].
    private static Var?[] GroupNormalizationGradient(Var dy, Node x, Var y)
    {
        var rows = new TensorShape(y.Shape[0], x.Attributes.Int("num_groups", 1),
            y.Shape.SizeOf(1..) / x.Attributes.Int("num_groups", 1));
        var (dx, h) = Denormalized(Reshape(dy * PerChannel(x[1], y), rows), Reshape(x[0], rows), [2], Epsilon(x));
        return [Reshape(dx, y.Shape), SumOfChannels(dy * Reshape(h, y.Shape)), SumOfChannels(dy)];
    }

    private static long[] MomentAxes(Node x) => x.Attributes.Ints("axes") ?? [0, 2, 3];

    private static IReadOnlyList<TypedShape> LpNormalizationShape(Node x)
    {
        x[0].Shape.Axis(Axis(x));
        return Same(x);
    }

    // y = x / n with n = sum |x| (p = 1) or sqrt(sum x^2) (p = 2): dx = (dy - n' sum(dy y)) / n, n' = sign x or y.
    private static Var LpNormalizationGradient(Var dy, Node x, Var y)
    {
        var one = x.Attributes.Int("p", 2) == 1;
        var norm = Reduce(one ? "ReduceL1" : "ReduceL2", x[0], [Axis(x)], true);
        return (dy - (one ? Sign(x[0]) : y) * ReduceSum(dy * y, [Axis(x)])) / Max(norm, y.Like(1e-30));
    }

    private static IReadOnlyList<TypedShape> LrnShape(Node x)
    {
        Expect(x, x.Attributes.Int("size", 0) is var size && size % 2 == 1 && size is > 0 and < 1024,
            $"a window of an odd number of channels below 1024, found {size}");
        return Same(x);
    }

    // y = x / (bias + alpha / size s)^beta, s = the sum of x^2 over `size` channels around each.
    private static Var LocalResponse(Node node, Var?[] inputs)
    {
        var (x, size, channels) = (inputs[0]!, node.Attributes.Int("size", 1), inputs[0]!.Shape[1]);
        var around = new long[2 * x.Shape.Rank];
        (around[1], around[1 + x.Shape.Rank]) = ((size - 1) / 2, size / 2);
        var squares = Pad(x * x, around);
        var sum = Enumerable.Range(0, (int)size).Select(i => Slice(squares, 1, i, i + channels))
            .Aggregate((a, b) => a + b);
        var scale = sum * (node.Attributes.Float("alpha", 1e-4f) / size) + node.Attributes.Float("bias", 1f);
        return x / Pow(scale, node.Attributes.Float("beta", 0.75f));
    }
}
