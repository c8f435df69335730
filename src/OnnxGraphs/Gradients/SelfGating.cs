using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;

namespace OnnxGraphs.Gradients;

/// <summary>
/// The gradient of x gate(x) where files have it in several operators: SiLU (Sigmoid), HardSwish (HardSigmoid, or Clip of x + 3),
/// Mish (Softplus and Tanh). The backward pass computes the gate again: it costs little where it is fused, and of the
/// forward pass only x is kept.
/// </summary>
internal static class SelfGating
{
    private const int LongestChain = 4;

    // The others of their operands are constants.
    private static readonly HashSet<string> Links = ["Sigmoid", "HardSigmoid", "Tanh", "Softplus", "Clip", "Add", "Sub", "Mul", "Div"];

    /// <summary>The gate of a product, from its result back to x; null for another product.</summary>
    /// <param name="node">A product.</param>
    /// <param name="values">What is differentiated by: a gate among them needs a gradient of its own.</param>
    public static IReadOnlyList<Node>? Find(Node node, IReadOnlySet<Var> values) => node.Op != "Mul" ? null
        : Chain(node[1], node[0], values) ?? Chain(node[0], node[1], values);

    /// <summary>The gradients of the factors: that of x has the gate's share in it, the gate has none.</summary>
    /// <param name="dy">The gradient of the product.</param>
    /// <param name="node">The product.</param>
    /// <param name="gate">See <see cref="Find"/>.</param>
    /// <param name="ruleOf">The rule of a node.</param>
    public static Var?[] Gradients(Var dy, Node node, IReadOnlyList<Node> gate, Func<Node, Operator> ruleOf)
    {
        var x = Argument(gate[^1])!;
        var again = new List<Node>();
        foreach (var link in gate.Reverse())
            again.Add(Copy(link, again.Count == 0 ? x : again[^1].Outputs[0]));
        var through = dy * x;
        foreach (var link in again.AsEnumerable().Reverse())
            through = ruleOf(link).Gradient!([through], link)[link.Inputs.ToList().IndexOf(Argument(link))]!;
        var whole = dy * again[^1].Outputs[0] + through;
        return node[0] == x ? [whole, null] : [null, whole];
    }

    private static List<Node>? Chain(Var gate, Var x, IReadOnlySet<Var> values)
    {
        var chain = new List<Node>();
        for (var at = gate; at != x; at = Argument(chain[^1])!)
        {
            if (chain.Count == LongestChain || at.Node is not { } node || !Links.Contains(node.Op) || values.Contains(at)
                || at.Shape != x.Shape || Argument(node) is null)
                return null;
            chain.Add(node);
        }
        return chain.Count > 0 ? chain : null;
    }

    private static Var? Argument(Node node) =>
        node.Inputs.Where(input => input is { DependsOnInput: true }).ToList() is [{ } only] ? only : null;

    // With a name asked for it is a node of its own, not the one of the forward pass.
    private static Node Copy(Node link, Var argument) => Op.Append(argument.Graph, link.Op,
        [.. link.Inputs.Select(input => input is { DependsOnInput: true } ? argument : input)], link.Attributes, "", [""], 1);
}
