using OnnxGraphs.Graphs;

namespace OnnxGraphs.Ops;

public static partial class Op
{
    /// <summary>
    /// The sum of a value over all parts of a batch, where the graph computes a part of it (<see cref="Graph.Parts"/>); the
    /// value itself where it computes the whole. Losses that divide by something counted in the batch take it so. The
    /// gradient of the sum is that of each part.
    /// </summary>
    /// <remarks>Totals are known when the second pass over a part begins: a value that depends on another total cannot be
    /// summed.</remarks>
    public static Var SumOverParts(Var value)
    {
        if (value.Graph.Parts is null)
            return value;
        var total = value.Graph.Cut(value);
        return WithGradient(total, (value, total.Like(1)));
    }

    /// <summary>
    /// A value that all parts of a batch compute alike from sums over them, so that its values add up to it once: each
    /// part's is its share, and its gradient all of it.
    /// </summary>
    internal static Var OnceForAllParts(Var value) => value.Graph.Parts is null ? value
        : WithGradient(value / SumOverParts(value.Like(1)), (value, value.Like(1)));
}
