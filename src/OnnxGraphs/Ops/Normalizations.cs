using OnnxGraphs.Graphs;

namespace OnnxGraphs.Ops;

public static partial class Op
{
    private static OperatorTable Normalizations() => new()
    {
        ["BatchNormalization"]    = new(BatchNormalizationShape, BatchNormalizationGradient),
        ["LayerNormalization"]    = new(LayerNormalizationShape, LayerNormalizationGradient),
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
        var inverse = PerChannel(1f / Sqrt(x[4] + x.Attributes.Float("epsilon", 1e-5f)), y);
        return [dy * (scale * inverse), SumOfChannels(dy * ((x[0] - mean) * inverse)), SumOfChannels(dy)];
    }

    // A vector [C] as [1, C, 1, 1], to broadcast over the batch and space.
    private static Var PerChannel(Var vector, Var like) =>
        Reshape(vector, new TensorShape([1, vector.Shape[0], .. Enumerable.Repeat(1L, like.Shape.Rank - 2)]));

    // [N, C, ...] -> [C], over space first: two short sums keep more digits than a long one.
    private static Var SumOfChannels(Var x)
    {
        var space = Enumerable.Range(2, x.Shape.Rank - 2).Select(i => (long)i).ToArray();
        return ReduceSum(space.Length == 0 ? x : ReduceSum(x, space, keep: false), [0], keep: false);
    }

    private static IReadOnlyList<TypedShape> LayerNormalizationShape(Node x)
    {
        var axis = x[0].Shape.Axis(x.Attributes.Int("axis", -1));
        Expect(x, FitsInto(x[1].Shape, x[0].Shape)
            && (x.Optional(2) is not { } bias || FitsInto(bias.Shape, x[0].Shape)),
            "scale and bias that can be broadcast to the input");
        var moments = new TypedShape(ElementType.Float32, new([.. x[0].Shape.Select((dim, i) => i < axis ? dim : 1)]));
        return [new(x[0].Type, x[0].Shape), moments, moments];
    }

    // y = h g + b with h = (x - mean) r, r = 1 / sqrt(var + eps): dx = r (dh - mean(dh) - h mean(dh h)).
    private static Var?[] LayerNormalizationGradient(Var dy, Node x, Var y)
    {
        var axis = x[0].Shape.Axis(x.Attributes.Int("axis", -1));
        long[] axes = [.. Enumerable.Range(axis, x[0].Shape.Rank - axis).Select(i => (long)i)];
        var centred = x[0] - ReduceMean(x[0], axes);
        var r = 1f / Sqrt(ReduceMean(centred * centred, axes) + x.Attributes.Float("epsilon", 1e-5f));
        var h = centred * r;
        var dh = dy * x[1];
        return [r * (dh - ReduceMean(dh, axes) - h * ReduceMean(dh * h, axes)), dy * h, dy];
    }
}
