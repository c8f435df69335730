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
}
