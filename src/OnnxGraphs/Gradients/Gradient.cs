using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;

namespace OnnxGraphs.Gradients;

/// <summary>Reverse-mode differentiation: appends the nodes that compute gradients to the graph of a loss.</summary>
public static class Gradient
{
    /// <summary>
    /// The gradients of a scalar with respect to values of its graph, in their order and shapes. A value that the
    /// scalar does not depend on gets zeros.
    /// </summary>
    /// <exception cref="GraphException">An operator on the path has no gradient rule; the message names it and the
    /// path.</exception>
    public static IReadOnlyList<Var> Of(Var loss, IReadOnlyList<Var> values) => Of(loss, values, Op.Table);

    /// <summary>The same by the rules of a table, and by the usual ones where that has none.</summary>
    internal static IReadOnlyList<Var> Of(Var loss, IReadOnlyList<Var> values, OperatorTable rules)
    {
        if (loss.Shape.Size != 1)
            throw new GraphException($"A gradient starts from one number; '{loss.Name}' is {loss.Shape}. "
                + "Reduce it first.");
        return Of(loss, Op.Filled(loss.Graph, loss.Shape, 1), values, rules);
    }

    /// <summary>
    /// The gradients of sum(y * upstream), for a y of any shape and an upstream that can be broadcast to it.
    /// </summary>
    /// <exception cref="GraphException">The shapes do not fit, or an operator on the path has no gradient
    /// rule.</exception>
    public static IReadOnlyList<Var> Of(Var y, Var upstream, IReadOnlyList<Var> values) =>
        Of(y, upstream, values, Op.Table);

    private static IReadOnlyList<Var> Of(Var y, Var upstream, IReadOnlyList<Var> values, OperatorTable rules)
    {
        if (upstream.Type != y.Type || !y.Shape.Equals(TensorShape.Broadcast(upstream.Shape, y.Shape)))
            throw new GraphException($"The upstream gradient '{upstream}' does not fit the value '{y}'.");
        var pass = new ReversePass(y.Graph, values, rules);
        pass.From(y, upstream);
        return [.. values.Select(value => pass.Sum(value) is { } sum
            ? Op.Expand(sum, value.Shape) : Op.Filled(value.Graph, value.Shape, 0))];
    }
}
