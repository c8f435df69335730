using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Ops;

namespace OnnxGraphs.Precision;

/// <summary>Steps that are written in another form in a 16-bit type.</summary>
internal static class NarrowForms
{
    private const float MostOfFloat16 = 65504;

    /// <summary>Whether a step has a form in a 16-bit type.</summary>
    public static bool Has(Step step, ElementType type) =>
        step.Op != "Pad" || type != ElementType.BFloat16 || Filling(step) is not null;

    /// <summary>The outputs; null for a step that is written as it is.</summary>
    public static IReadOnlyList<Var>? Of(Step step, Var?[] inputs, ElementType type) => step.Op switch
    {
        "Cast" => [Op.Cast(inputs[0]!, type)],
        "ConstantOfShape" => [Op.Apply("ConstantOfShape", inputs, Repeating(
            step.Attributes.Tensor("value")?.Values<float>()[0] ?? 0, type))],
        // The cheap mask of float32, max(0, min(1, 3e38 x)), has a slope that no 16-bit float holds.
        "HardSigmoid" when step.Attributes.Float("alpha", 0) > MostOfFloat16 => [Op.Positive(inputs[0]!)],
        // CUDA has kernels of these for float16, not for bfloat16.
        "Clip" when type == ElementType.BFloat16 => [Clipped(inputs)],
        "Pad" when type == ElementType.BFloat16 => [Padded(inputs[0]!, step.Inputs[1]!, Filling(step)!.Value)],
        _ => null,
    };

    private static Var Clipped(Var?[] inputs)
    {
        var x = inputs[0]!;
        if (inputs.ElementAtOrDefault(1) is { } low)
            x = Op.Max(x, low);
        return inputs.ElementAtOrDefault(2) is { } high ? Op.Min(x, high) : x;
    }

    // The number that a Pad of all axes fills up with; null for one that repeats values of its input.
    private static float? Filling(Step step) =>
        step.Attributes.Text("mode", "constant") != "constant" || step.Inputs.ElementAtOrDefault(3) is not null ? null
        : step.Inputs.ElementAtOrDefault(2) is not { } given ? 0
        : given.TryConstant()?.ToFloat32().Values<float>()[0];

    // The number joined to each axis; a negative count cuts.
    private static Var Padded(Var x, Var counts, float filling)
    {
        var (pads, rank) = (counts.TryConstant()!.ToInt64(), x.Shape.Rank);
        for (var axis = 0; axis < rank; axis++)
        {
            var (before, after) = (pads[axis], pads[axis + rank]);
            if (before < 0 || after < 0)
                x = Op.Slice(x, axis, Math.Max(0, -before), x.Shape[axis] - Math.Max(0, -after));
            Var?[] parts = [Filled(x, axis, before, filling), x, Filled(x, axis, after, filling)];
            x = Op.Concat([.. parts.OfType<Var>()], axis);
        }
        return x;
    }

    private static Var? Filled(Var like, int axis, long count, float filling) => count <= 0 ? null
        : Op.Apply("ConstantOfShape", [like.Graph.Constant(like.Shape.With(axis, count).ToArray())],
            Repeating(filling, like.Type));

    private static Attributes Repeating(float number, ElementType type) =>
        new() { { "value", FloatTensors.FromFloat32(new(1), [number], type) } };
}
