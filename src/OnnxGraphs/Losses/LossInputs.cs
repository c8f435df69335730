using OnnxGraphs.Graphs;

namespace OnnxGraphs.Losses;

/// <summary>What a loss may be given beside prediction and target. Nothing flows back to any of it.</summary>
public sealed record LossInputs
{
    /// <summary>Nothing more.</summary>
    public static LossInputs None { get; } = new();

    /// <summary>Factors of the elements. The axes are those of the elements from the left; missing ones repeat, so that
    /// [B] weighs images and [B, N] weighs anchors.</summary>
    public Var? Weight { get; init; }

    /// <summary>Truth where an element does not count (neither in the sum nor in a mean); axes as for
    /// weights.</summary>
    public Var? Ignore { get; init; }

    /// <summary>The divisor for <see cref="Normalizer.Given"/>: a scalar, or [B] for one an image.</summary>
    public Var? Normalizer { get; init; }
}
