using OnnxGraphs.Graphs;
using OnnxGraphs.Models;

namespace OnnxGraphs.Rewrites;

/// <summary>
/// Values that may be smaller when they are computed than their shape says: a TopK whose k the graph computes, and what
/// follows from it. A kernel works on fixed shapes.
/// </summary>
internal static class OpenShapes
{
    /// <summary>The values of steps in an order of computation.</summary>
    public static HashSet<Var> Of(IEnumerable<Step> steps)
    {
        var open = new HashSet<Var>();
        foreach (var step in steps)
            if (step.Op == "TopK" ? step.Inputs[1]!.TryConstant() is null : Shaping(step).Any(open.Contains))
                open.UnionWith(step.Outputs);
        return open;
    }

    // The inputs that the shape of the result follows from.
    private static IEnumerable<Var> Shaping(Step step) =>
        (step.Op.StartsWith("Scatter", StringComparison.Ordinal) ? step.Inputs.Take(1) : step.Inputs).OfType<Var>();
}
