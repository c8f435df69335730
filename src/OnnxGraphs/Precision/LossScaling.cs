using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;

namespace OnnxGraphs.Precision;

/// <summary>
/// Dynamic scaling of the loss: gradients that would vanish in float16 are moved up before it and back down behind it.
/// A step whose gradient is infinite or no number changes nothing and halves the scale; after
/// <paramref name="GrowthInterval"/> good ones in a row it doubles. All of it happens inside the step.
/// Micikevicius et al. 2018, https://arxiv.org/abs/1710.03740; as torch.amp.GradScaler.
/// </summary>
/// <param name="Initial">The scale that a run begins with; a power of 2 adds no rounding.</param>
/// <param name="GrowthInterval">Good steps before the scale doubles.</param>
/// <param name="Floor">The scale does not fall below this.</param>
public sealed record LossScaling(float Initial = 65536, int GrowthInterval = 2000, float Floor = 1)
{
    /// <summary>Numbers of the state: the scale, good steps since it changed, skipped steps of the run.</summary>
    internal const int Size = 3;

    internal float[] Start => [Initial, 0, 0];

    /// <summary>Scale, good steps and skipped steps of a state [3], each [1].</summary>
    internal static (Var Scale, Var Good, Var Skipped) Parts(Var state) =>
        Op.Split(state, 0, 1, 1, 1) is [var scale, var good, var skipped] ? (scale, good, skipped) : default;

    /// <summary>Whether all entries are numbers, as [1]: the sum of magnitudes is one only then.</summary>
    internal static Var IsFinite(Var vector) =>
        Op.Less(Op.Apply("ReduceL1", [vector]), vector.Like(float.MaxValue));

    /// <summary>The state behind a step.</summary>
    /// <param name="state">The state before it, [3].</param>
    /// <param name="finite">Whether the step's gradient was finite, [1].</param>
    internal Var Next(Var state, Var finite)
    {
        var (scale, good, skipped) = Parts(state);
        var counted = good + 1f;
        var grows = Op.GreaterOrEqual(counted, counted.Like(GrowthInterval));
        var zero = good.Like(0);
        return Op.Concat(
        [
            Op.Where(finite, Op.Where(grows, 2f * scale, scale), Op.Max(0.5f * scale, scale.Like(Floor))),
            Op.Where(finite, Op.Where(grows, zero, counted), zero),
            Op.Where(finite, skipped, skipped + 1f),
        ], 0);
    }

    /// <summary>A state that was read.</summary>
    internal LossScaleState Read(float[] state) =>
        new(state[0], (int)state[1], (int)state[2]) { IsAtFloor = state[0] <= Floor };

    /// <summary>Throws an <see cref="ArgumentException"/> for settings out of range.</summary>
    internal void Check()
    {
        Require(Floor > 0, nameof(Floor), Floor, "a positive number");
        Require(Initial >= Floor && Initial < float.PositiveInfinity, nameof(Initial), Initial,
            FormattableString.Invariant($"at least the floor, {Floor}"));
        Require(GrowthInterval > 0, nameof(GrowthInterval), GrowthInterval, "at least 1 step");
    }

    private static void Require(bool holds, string option, float found, string expected)
    {
        if (!holds)
            throw new ArgumentException(FormattableString.Invariant(
                $"{nameof(LossScaling)}.{option} is {found}; expected {expected}."));
    }
}
