using OnnxGraphs.Graphs;
using OnnxGraphs.Kernels.Elementwise;
using OnnxGraphs.Models;
using OnnxGraphs.Ops;

namespace OnnxGraphs.Rewrites;

/// <summary>What a step does to each element, where it can be part of a fused chain.</summary>
/// <param name="Size">Elements that the step goes through.</param>
/// <param name="IsAlias">The values stay, only the shape changes.</param>
/// <param name="Row">Elements that are summed to one, or of which one is changed; 1 for other steps.</param>
internal sealed record ElementwiseStep(long Size, bool IsAlias, long Row)
{
    private const float LargestExponent = 64;

    private static readonly HashSet<string> Aliases = ["Reshape", "Squeeze", "Unsqueeze", "Flatten", "Identity"];

    /// <summary>Null for a step that cannot be fused.</summary>
    public static ElementwiseStep? Of(Step step)
    {
        if (step.Domain.Length > 0 || step.Outputs.Count != 1 || !HasTiles(step.Outputs[0]) || step.Inputs.Count == 0)
            return null;
        var (first, output) = (step.Inputs[0], step.Outputs[0]);
        if (first is null || output.Shape.Size == 0)
            return null;
        if (Aliases.Contains(step.Op))
            return first.Type == output.Type ? new(output.Shape.Size, true, 1) : null;
        if (step.Op == "Expand")
            return HasTiles(first) ? new(output.Shape.Size, false, 1) : null;
        if (step.Op is "GatherElements" or "ScatterElements")
            return !IsOneOfEachRow(step) ? null
                : new(output.Shape.Size, false, step.Op == "GatherElements" ? 1 : first.Shape[-1]);
        if (Reduction(step) is not null)
            return RowOf(step) is > 1 and var row && first.Type == ElementType.Float32
                ? new(first.Shape.Size, false, row) : null;
        return step.Inputs.All(input => input is null || HasTiles(input)) && IsKnown(step)
            ? new(output.Shape.Size, false, 1) : null;
    }

    /// <summary>What a step sums; null for one that sums nothing.</summary>
    public static ReduceKind? Reduction(Step step) => step.Op switch
    {
        "ReduceSum" or "ReduceMean" => ReduceKind.Sum,
        "ReduceSumSquare" => ReduceKind.Squares,
        "ReduceL1" => ReduceKind.Magnitudes,
        _ => null,
    };

    /// <summary>The exponent of a power where it is a positive number that is known; null elsewhere.</summary>
    public static float? Exponent(Step step) => step.Op == "Pow" && step.Inputs[1] is { Shape.Size: 1 } given
        && given.TryConstant() is { Type: ElementType.Float32 } constant
        && constant.Values<float>()[0] is > 0 and <= LargestExponent and var exponent ? exponent : null;

    private static bool IsKnown(Step step) => step.Op switch
    {
        "Pow" => Exponent(step) is not null,
        "Clip" => step.Inputs.Skip(1).All(limit => limit is null or { Shape.Size: 1, Type: ElementType.Float32 }),
        "Cast" => step.Inputs[0]!.Type is ElementType.Bool && step.Outputs[0].Type == ElementType.Float32,
        "Sum" or "Sigmoid" or "Softplus" => true,
        "Equal" => step.Inputs[0]!.Type == ElementType.Float32,
        _ => LaneOperations.Knows(step.Op),
    };

    // Takes one number of each row along the last axis, or adds one.
    private static bool IsOneOfEachRow(Step step)
    {
        var (x, places) = (step.Inputs[0]!, step.Inputs[1]!);
        return x.Type == ElementType.Float32 && places.Type == ElementType.Int64 && x.Shape.Rank > 0 && x.Shape[-1] > 1
            && places.Shape == x.Shape.With(x.Shape.Rank - 1, 1)
            && x.Shape.Axis((int)step.Attributes.Int("axis", 0)) == x.Shape.Rank - 1
            && (step.Op == "GatherElements" || step.Attributes.Text("reduction", "none") == "add");
    }

    // Sums over the last axes only: they leave the order of the elements as it is.
    private static long RowOf(Step step)
    {
        var shape = step.Inputs[0]!.Shape;
        var axes = Op.ReducedAxes(step.Inputs.Skip(1).FirstOrDefault(), step.Attributes, shape);
        var first = axes.Length == 0 ? shape.Rank : (int)axes.Min();
        return Enumerable.Range(first, shape.Rank - first).All(axis => axes.Contains(axis) || shape[axis] == 1)
            ? shape.SizeOf(first..) : 0;
    }

    private static bool HasTiles(Var value) => value.Type is ElementType.Float32 or ElementType.Bool;
}
