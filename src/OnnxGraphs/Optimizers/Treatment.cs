using OnnxGraphs.Graphs;
using OnnxGraphs.Models;

namespace OnnxGraphs.Optimizers;

/// <summary>What all groups of a weight make of it.</summary>
/// <param name="RateFactor">What the learning rate is multiplied by.</param>
/// <param name="WeightDecay">The weight decay; null: the optimiser's.</param>
/// <param name="FrozenSteps">Steps in which it stays.</param>
internal readonly record struct Treatment(float RateFactor, float? WeightDecay, int FrozenSteps)
{
    /// <summary>That of a weight without groups.</summary>
    public static Treatment Usual => new(1, null, 0);

    /// <summary>The treatment of a weight.</summary>
    public static Treatment Of(string name, TensorShape shape, IReadOnlyList<ParameterGroup> groups) =>
        groups.Where(group => group.Holds(name, shape)).Aggregate(Usual, (all, group) => new(
            all.RateFactor * group.RateFactor, group.WeightDecay ?? all.WeightDecay,
            Math.Max(all.FrozenSteps, group.FrozenSteps)));

    /// <summary>Refuses groups that are out of range, or that hold none of the weights.</summary>
    public static void Check(
        IReadOnlyList<ParameterGroup> groups, IReadOnlyList<(string Name, TensorShape Shape)> weights, string path)
    {
        foreach (var group in groups)
        {
            group.Check();
            if (!weights.Any(weight => group.Holds(weight.Name, weight.Shape)))
                throw new ModelException($"{path}: no trained weight belongs to the group '{group.Weights}'"
                    + $"{(group.VectorsOnly ? " of vectors" : "")}. Weights are, for example, "
                    + $"{string.Join(", ", weights.Take(4).Select(weight => $"'{weight.Name}'"))}.");
        }
    }
}
