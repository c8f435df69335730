using OnnxGraphs.Graphs;

namespace Benchmarks.Losses;

/// <summary>How often a graph goes through memory.</summary>
internal static class Memory
{
    // They become a name or a view, not a copy.
    private static readonly HashSet<string> Free =
        ["Detach", "WithGradient", "Reshape", "Squeeze", "Unsqueeze", "Flatten", "Identity", "Shape"];

    /// <summary>The nodes behind the outputs that read or write a tensor of at least the given size.</summary>
    public static int Passes(IEnumerable<Var> outputs, long size)
    {
        var (seen, open) = (new HashSet<Node>(), new Stack<Var>(outputs));
        while (open.TryPop(out var value))
            if (value.Node is { } node && seen.Add(node))
                foreach (var input in node.Inputs.Take(node.Op == "WithGradient" ? 1 : int.MaxValue))
                    if (input is not null)
                        open.Push(input);
        return seen.Count(node => !Free.Contains(node.Op)
            && node.Inputs.Concat(node.Outputs).Any(value => value?.Shape.Size >= size));
    }
}
