using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;

namespace OnnxGraphs.Gradients;

/// <summary>
/// One walk from a value back to those that it is differentiated by, summing what arrives at each value.
/// </summary>
internal sealed class ReversePass
{
    private readonly HashSet<Var> _reached;
    private readonly HashSet<Var> _steep = [];
    private readonly HashSet<Var> _masked = [];
    private readonly Dictionary<Var, Var> _sums = [];
    private readonly OperatorTable _rules;
    private readonly HashSet<Var> _values;

    public ReversePass(Graph graph, IReadOnlyList<Var> values, OperatorTable rules)
    {
        (_rules, _values) = (rules, [.. values]);
        _reached = [.. values];
        foreach (var node in graph.Nodes)
        {
            if (node.Inputs.Any(IsReached))
                _reached.UnionWith(node.Outputs.Where(output => output.Type.IsFloat()));
            if (IsSteep(node))
                _steep.UnionWith(node.Outputs);
        }
    }

    /// <summary>The gradient of a value; null where nothing arrived.</summary>
    public Var? Sum(Var value) => _sums.GetValueOrDefault(value);

    /// <summary>Walks back from y.</summary>
    public void From(Var y, Var upstream)
    {
        _sums[y] = upstream;
        // Nodes appended from here on belong to the gradients, not to the path.
        foreach (var node in y.Graph.Nodes.Take(y.Node is null ? 0 : y.Node.Index + 1).Reverse().ToList())
            if (node.Outputs.Any(_sums.ContainsKey) && node.Inputs.Any(IsReached))
                Through(node);
    }

    private bool IsReached(Var? value) => value is not null && _reached.Contains(value);

    private void Through(Node node)
    {
        var rule = RuleOf(node);
        var small = rule.TakesBroadcast
            || (rule.Elementwise && node.Inputs.All(input => input is null || input.Shape == node.Outputs[0].Shape));
        var upstream = node.Outputs.Select(output =>
            Sum(output) is { } dy && !small ? Op.Expand(dy, output.Shape) : Sum(output)).ToList();
        var gradients = SelfGating.Find(node, _values) is { } gate ? SelfGating.Gradients(upstream[0]!, node, gate, RuleOf)
            : rule.Gradient is { } gradient && rule.Covers(node) ? gradient(upstream, node)
            : rule.Expression is { } expression ? Composition.Gradients(node, expression, upstream[0]!)
            : throw MissingRule(node);
        var masked = node.Outputs.Any(_masked.Contains);
        var guard = masked && _steep.Contains(node.Outputs[0]);
        for (var i = 0; i < Math.Min(gradients.Length, node.Inputs.Count); i++)
            if (gradients[i] is { } part && node.Inputs[i] is { } input && _reached.Contains(input))
                Add(input, guard ? Guarded(part, upstream[0]!) : part, masked || node.Op == "Where");
    }

    private Operator RuleOf(Node node) => _rules.GetValueOrDefault(node.Op) ?? Op.Table[node.Op];

    private void Add(Var input, Var gradient, bool masked)
    {
        var part = Broadcasting.Undo(gradient, input.Shape);
        _sums[input] = _sums.TryGetValue(input, out var sum) ? sum + part : part;
        if (masked)
            _masked.Add(input);
    }

    // Whether a node's derivative may be infinite: it has a pole, or works on the result of a node that has one.
    private bool IsSteep(Node node) => Op.Table[node.Op] is { Elementwise: true } rule
        && (rule.Steep(node) || node.Inputs.Any(input => input is not null && _steep.Contains(input)));

    // Where masks the gradient of the branch not taken with 0; times an infinite derivative that would be NaN.
    private static Var Guarded(Var gradient, Var upstream) =>
        gradient == upstream ? gradient : Op.Where(Op.Equal(upstream, upstream.Like(0)), gradient.Like(0), gradient);

    private GraphException MissingRule(Node node)
    {
        var path = new List<string>();
        for (var at = node; at is not null; at = at.Inputs.FirstOrDefault(IsReached)?.Node)
            path.Add(at.Outputs[0].Name);
        return new($"Operator {node.Op} has no gradient rule, but gradients must pass it on the way to trainable "
            + $"weights: {string.Join(" <- ", path.Take(8))}{(path.Count > 8 ? " <- ..." : "")}. Freeze the weights "
            + "before it, cut the model before it, or replace the operator.");
    }
}
