using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;

namespace OnnxGraphs.Gradients;

/// <summary>
/// The gradient of x gate(x) where files have it in several operators: SiLU (Sigmoid), HardSwish (HardSigmoid), Mish (Softplus and
/// Tanh). The backward pass computes the gate again: it costs little where it is fused, and of the forward pass only x is
/// kept.
/// </summary>
internal static class SelfGating
{
    private const int LongestChain = 2;

    private static readonly HashSet<string> Gates = ["Sigmoid", "HardSigmoid", "Tanh", "Softplus"];

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
        var x = gate[^1][0];
        // With a name asked for, each is a node of its own, not the one of the forward pass.
        var again = gate.Reverse().Aggregate(new List<Node>(), (nodes, next) =>
            [.. nodes, Op.Append(x.Graph, next.Op, [nodes.Count == 0 ? x : nodes[^1].Outputs[0]], next.Attributes, "", [""], 1)]);
        var through = again.AsEnumerable().Reverse().Aggregate(dy * x, (upstream, next) => ruleOf(next).Gradient!([upstream], next)[0]!);
        var whole = dy * again[^1].Outputs[0] + through;
        return node[0] == x ? [whole, null] : [null, whole];
    }

    private static List<Node>? Chain(Var gate, Var x, IReadOnlySet<Var> values)
    {
        var chain = new List<Node>();
        for (var at = gate; at != x; at = chain[^1][0])
        {
            if (chain.Count == LongestChain || at.Node is not { } node || !Gates.Contains(node.Op) || values.Contains(at))
                return null;
            chain.Add(node);
        }
        return chain.Count > 0 ? chain : null;
    }
}
