using OnnxGraphs.Graphs;

namespace OnnxGraphs.Ops;

public static partial class Op
{
    private const string Pairs = "pairs train by the straight-through estimate";

    /// <summary>
    /// x rounded to the grid of a quantised type and back, as the deployed model computes it. The gradient is that of
    /// the identity where x is within the grid and 0 beyond it (clipped straight-through estimate, Jacob et al. 2018,
    /// https://arxiv.org/abs/1712.05877). A scale that depends on an input learns, too (learnt step size, Esser et al. 2020,
    /// https://arxiv.org/abs/1902.08153): with q the rounded number and n, m the ends of the grid, its derivative is
    /// q - zero - x / scale within the grid, n - zero below it and m - zero above it, times 1 / sqrt(N m) for N numbers of x
    /// in a place of its first axis.
    /// </summary>
    /// <param name="x">Any shape.</param>
    /// <param name="scale">Step of the grid: one, or one for each place on the axis.</param>
    /// <param name="zero">The quantised 0, of the quantised type and the scale's shape.</param>
    /// <param name="axis">The axis of several scales.</param>
    public static Var FakeQuantize(Var x, Var scale, Var zero, int axis = 1)
    {
        var attributes = scale.Shape.Size == 1 ? Attributes.None : new() { { "axis", axis } };
        var value = Apply("DequantizeLinear", [Apply("QuantizeLinear", [x, scale, zero], attributes), scale, zero],
            attributes);
        return StraightThrough(value, x, scale, zero, axis);
    }

    /// <summary>A pair's value, with the straight-through gradient to what the pair quantises.</summary>
    internal static Var StraightThrough(Var value, Var x, Var scale, Var zero, int axis)
    {
        var (least, most) = zero.Type.Limits() is { } limits && zero.Type.Size() <= 2 ? limits
            : throw new GraphException($"Quantisation of '{x.Name}' to {zero.Type} is not trained here; Int8, UInt8, "
                + "Int16 and UInt16 are.");
        var (s, z) = (OnAxis(scale, x, axis), OnAxis(Cast(zero, x.Type), x, axis));
        // Values that round to the ends of the grid are within it.
        var (low, high) = (s * (least - 0.5f - z), s * (most + 0.5f - z));
        var within = Cast(And(GreaterOrEqual(x, low), LessOrEqual(x, high)), x.Type);
        return !scale.DependsOnInput ? WithGradient(value, (x, within))
            : WithGradient(value, (x, within), (scale, StepSlope(value, x, s, z, (low, high), (least, most))));
    }

    private static Var StepSlope(Var value, Var x, Var s, Var z, (Var Low, Var High) range, (long Least, long Most) limits)
    {
        var count = x.Shape.Size / Math.Max(1, x.Shape.Rank == 0 ? 1 : x.Shape[0]);
        var slope = Where(Less(x, range.Low), (float)limits.Least - z,
            Where(Greater(x, range.High), (float)limits.Most - z, (value - x) / s));
        return slope * (float)(1 / Math.Sqrt((double)count * limits.Most));
    }

    private static OperatorTable Quantization() => new()
    {
        ["QuantizeLinear"]   = new(QuantizedShape) { Remark = Pairs },
        ["DequantizeLinear"] = new(x => [new(x[1].Type, PerAxisShape(x))]) { Remark = Pairs },
    };

    private static IReadOnlyList<TypedShape> QuantizedShape(Node x) =>
        [new(x.Optional(2)?.Type ?? (ElementType)x.Attributes.Int("output_dtype", (long)ElementType.UInt8),
            PerAxisShape(x))];

    private static TensorShape PerAxisShape(Node x)
    {
        var (shape, scale) = (x[0].Shape, x[1].Shape);
        Expect(x, x.Attributes.Int("block_size", 0) == 0, "one scale, or one for each place on an axis, not blocks");
        Expect(x, scale.Size == 1 || (scale.Rank == 1 && scale[0] == shape[(int)x.Attributes.Int("axis", 1)]),
            $"one scale, or one for each place on axis {x.Attributes.Int("axis", 1)}, found {scale}");
        return shape;
    }

    // One number, or a vector laid along the axis.
    private static Var OnAxis(Var value, Var x, int axis) => value.Shape.Size == 1
        ? Reshape(value, TensorShape.Scalar)
        : Reshape(value, new TensorShape([value.Shape.Size,
            .. Enumerable.Repeat(1L, x.Shape.Rank - 1 - x.Shape.Axis(axis))]));
}
