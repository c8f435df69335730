using System.Runtime.CompilerServices;
using OnnxGraphs.Graphs;

namespace OnnxGraphs.Losses;

/// <summary>Refusal of what a loss cannot be built from.</summary>
internal static class LossArgument
{
    /// <summary>Throws unless the condition holds: loss, argument, what was found, what was expected.</summary>
    public static void Expect(object loss, bool holds, string argument, object? found, string expected)
    {
        var text = FormattableString.Invariant($"{found}");
        if (!holds)
            throw new ArgumentException($"{loss.GetType().Name}: {argument} is {text}; expected {expected}.", argument);
    }

    /// <summary>A finite number that is at least (or, if strict, above) a bound.</summary>
    public static void Above(object loss, float bound, bool strict, float found,
        [CallerArgumentExpression(nameof(found))] string argument = "") => Expect(loss,
        float.IsFinite(found) && (strict ? found > bound : found >= bound), argument, found,
        FormattableString.Invariant($"a finite number {(strict ? "above" : "of at least")} {bound}"));

    /// <summary>A number in [0, 1].</summary>
    public static void Share(object loss, float found,
        [CallerArgumentExpression(nameof(found))] string argument = "") =>
        Expect(loss, found is >= 0 and <= 1, argument, found, "a number in [0, 1]");

    /// <summary>Floats with a class axis, and class numbers without it.</summary>
    public static void Labels(object loss, Var prediction, Var target, int axis)
    {
        var shape = prediction.Shape;
        Expect(loss, prediction.Type.IsFloat() && shape.Rank > 0, nameof(prediction), prediction,
            "floats with a class axis");
        Expect(loss, axis >= -shape.Rank && axis < shape.Rank, "Axis", axis, $"an axis of {shape}");
        Expect(loss, shape[axis] > 0, nameof(prediction), prediction, "at least one class");
        var expected = new TensorShape([.. shape.Where((_, i) => i != shape.Axis(axis))]);
        Expect(loss, target.Type == ElementType.Int64 && target.Shape == expected, nameof(target), target,
            $"Int64 {expected}");
    }

    /// <summary>The options of losses that are means over images or one number for the batch.</summary>
    public static void Lovasz(Loss loss, bool byImage)
    {
        Expect(loss, loss.Normalizer == Normalizer.Mean, nameof(loss.Normalizer), loss.Normalizer, "Mean");
        Expect(loss, loss.Reduction != Reduction.PerImage || byImage, nameof(loss.Reduction), loss.Reduction,
            "PerImage with ByImage only");
    }

    /// <summary>A value of exactly this type and shape.</summary>
    public static void Shaped(object loss, Var found, ElementType type, ReadOnlySpan<long> dims,
        [CallerArgumentExpression(nameof(found))] string argument = "")
    {
        var shape = new TensorShape(dims);
        Expect(loss, found.Type == type && found.Shape == shape, argument, found, $"{type} {shape}");
    }
}
