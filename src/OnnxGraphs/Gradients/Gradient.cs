using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;

namespace OnnxGraphs.Gradients;

/// <summary>Reverse-mode differentiation: appends the nodes that compute gradients to the graph of a loss.</summary>
public static class Gradient
{
    /// <summary>
    /// The gradients of a scalar with respect to values of its graph, in their order and shapes. A value that the scalar does
    /// not depend on gets zeros.
    /// </summary>
    /// <exception cref="GraphException">An operator on the path has no gradient rule; the message names it and the path.</exception>
    public static IReadOnlyList<Var> Of(Var loss, IReadOnlyList<Var> values)
    {
        if (loss.Shape.Size != 1)
            throw new GraphException($"A gradient starts from one number; '{loss.Name}' is {loss.Shape}. Reduce it first.");
        return Of(loss, Op.Filled(loss.Graph, loss.Shape, 1), values);
    }

    /// <summary>The gradients of sum(y * upstream), for a y of any shape.</summary>
    public static IReadOnlyList<Var> Of(Var y, Var upstream, IReadOnlyList<Var> values)
    {
        var reached = Reached(y.Graph, values);
        var sums = new Dictionary<Var, Var> { [y] = upstream };
        // Nodes appended from here on belong to the gradients, not to the path.
        foreach (var node in y.Graph.Nodes.Take(y.Node is null ? 0 : y.Node.Index + 1).Reverse().ToList())
            if (node.Outputs.Any(output => reached.Contains(output) && sums.ContainsKey(output)))
                Backward(node, reached, sums);
        return [.. values.Select(value => sums.TryGetValue(value, out var sum)
            ? Op.Expand(sum, value.Shape) : Op.Filled(value.Graph, value.Shape, 0))];
    }

    // All values that depend on one of the given values through floats.
    private static HashSet<Var> Reached(Graph graph, IReadOnlyList<Var> values)
    {
        var reached = values.ToHashSet();
        foreach (var node in graph.Nodes)
            if (node.Inputs.Any(input => input is not null && reached.Contains(input)))
                reached.UnionWith(node.Outputs.Where(output => output.Type.IsFloat()));
        return reached;
    }

    private static void Backward(Node node, HashSet<Var> reached, Dictionary<Var, Var> sums)
    {
        var rule = Op.Table[node.Op];
        if (rule.Gradient is null)
            throw MissingRule(node, reached);
        var small = rule.TakesBroadcast
            || (rule.Elementwise && node.Inputs.All(input => input is null || input.Shape == node.Outputs[0].Shape));
        var upstream = node.Outputs.Select(output => sums.GetValueOrDefault(output) is { } dy && !small
            ? Op.Expand(dy, output.Shape) : sums.GetValueOrDefault(output)).ToList();
        var gradients = rule.Gradient(upstream, node);
        for (var i = 0; i < Math.Min(gradients.Length, node.Inputs.Count); i++)
            if (gradients[i] is { } gradient && node.Inputs[i] is { } input && reached.Contains(input))
            {
                var part = Unbroadcast(gradient, input.Shape);
                sums[input] = sums.TryGetValue(input, out var sum) ? sum + part : part;
            }
    }

    // Sums over the axes along which an input was repeated. A gradient smaller than its input stands for its broadcast form;
    // the rules that need it whole get it expanded.
    private static Var Unbroadcast(Var gradient, TensorShape shape)
    {
        if (TensorShape.Broadcast(gradient.Shape, shape) is { } both && both == shape)
            return gradient;
        var extra = gradient.Shape.Rank - shape.Rank;
        long[] axes = [.. Enumerable.Range(0, gradient.Shape.Rank)
            .Where(i => i < extra || (shape[i - extra] == 1 && gradient.Shape[i] != 1)).Select(i => (long)i)];
        return Op.Reshape(axes.Length == 0 ? gradient : Op.ReduceSum(gradient, axes, keep: false), shape);
    }

    private static GraphException MissingRule(Node node, HashSet<Var> reached)
    {
        var path = new List<string>();
        for (var at = node; at is not null; at = at.Inputs.FirstOrDefault(v => v is not null && reached.Contains(v))?.Node)
            path.Add(at.Outputs[0].Name);
        return new($"Operator {node.Op} has no gradient rule, but gradients must pass it on the way to trainable weights: "
            + $"{string.Join(" <- ", path.Take(8))}{(path.Count > 8 ? " <- ..." : "")}. Freeze the weights before it, cut the model "
            + "before it, or replace the operator.");
    }
}
