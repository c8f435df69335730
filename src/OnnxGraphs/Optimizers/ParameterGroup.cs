using System.IO.Enumeration;
using OnnxGraphs.Graphs;

namespace OnnxGraphs.Optimizers;

/// <summary>
/// Weights that are trained in their own way. A weight may be in several groups: their factors of the learning rate are
/// multiplied, the last weight decay given holds, and the longest freezing.
/// </summary>
/// <param name="Weights">Glob of weight names, for example <c>backbone.*</c>.</param>
public sealed record ParameterGroup(string Weights = "*")
{
    /// <summary>Whether only weights of one axis belong to it: biases, and scales and offsets of normalisations.</summary>
    public bool VectorsOnly { get; init; }

    /// <summary>What the learning rate is multiplied by.</summary>
    public float RateFactor { get; init; } = 1;

    /// <summary>The weight decay in place of the optimiser's; null leaves that.</summary>
    public float? WeightDecay { get; init; }

    /// <summary>Steps in which the weights stay as they are, and the optimiser's state of them too.</summary>
    public int FrozenSteps { get; init; }

    /// <summary>Whether a weight belongs to the group.</summary>
    public bool Holds(string name, TensorShape shape) => (!VectorsOnly || shape.Rank <= 1)
        && FileSystemName.MatchesSimpleExpression(Weights, name, ignoreCase: false);

    internal void Check()
    {
        Require(RateFactor is >= 0 and < float.PositiveInfinity, nameof(RateFactor), RateFactor);
        Require(WeightDecay is null or (>= 0 and < float.PositiveInfinity), nameof(WeightDecay), WeightDecay ?? 0);
        Require(FrozenSteps >= 0, nameof(FrozenSteps), FrozenSteps);
    }

    private void Require(bool holds, string option, float found)
    {
        if (!holds)
            throw new ArgumentException($"{nameof(ParameterGroup)}.{option} of '{Weights}' is {found}; expected zero or more.");
    }
}
