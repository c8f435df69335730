using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;

namespace OnnxGraphs.Rewrites;

/// <summary>
/// A training step that holds fewer values of its forward pass: those inside a stretch of the network are dropped, and
/// computed again from the stretch's entrances when the backward pass arrives at its exit. Equal up to the rounding of what
/// is fused. After Chen et al., Training Deep Nets with Sublinear Memory Cost, 2016.
/// </summary>
internal sealed class Recomputation
{
    private readonly NetworkStretches _stretches;
    private readonly IReadOnlyList<Var> _arrivals;
    private readonly Graph _graph;
    private readonly Dictionary<Var, Var> _made = [], _again = [];
    private readonly Dictionary<int, Var> _gates = [];
    private readonly Dictionary<(Var, int), Var> _entrances = [];

    private Recomputation(Graph source, NetworkStretches stretches, IReadOnlyList<Var> arrivals) =>
        (_stretches, _arrivals, _graph) = (stretches, arrivals, new() { Parts = source.Parts });

    /// <summary>The step in that form; values keep their names.</summary>
    /// <param name="source">The whole step.</param>
    /// <param name="stretches">How its network is cut.</param>
    /// <param name="arrivals">The gradients of the exits of the stretches.</param>
    public static Graph Of(Graph source, NetworkStretches stretches, IReadOnlyList<Var> arrivals)
    {
        var rewrite = new Recomputation(source, stretches, arrivals);
        rewrite._graph.Reserve(source.Names);
        foreach (var input in source.Inputs)
            rewrite._made[input] = rewrite._graph.Input(input.Name, input.Type, input.Shape);
        var outputs = source.Outputs.ToHashSet();
        foreach (var node in source.Nodes)
            if (outputs.Contains(node.Outputs[0]))
                rewrite._made[node.Outputs[0]] = rewrite._graph.Output(node.Outputs[0].Name, rewrite.Read(node, node[0])!);
            else
                rewrite.Append(node, [.. node.Inputs.Select(input => rewrite.Read(node, input))],
                    [.. node.Outputs.Select(output => output.Name)], rewrite._made);
        return rewrite._graph;
    }

    private void Append(Node node, Var?[] inputs, IReadOnlyList<string>? names, Dictionary<Var, Var> made)
    {
        var copy = Op.Append(_graph, node.Op, inputs, node.Attributes, names is null ? "" : node.Name, names, node.Outputs.Count);
        foreach (var (old, value) in node.Outputs.Zip(copy.Outputs))
        {
            value.Known ??= old.Known;
            made[old] = value;
        }
    }

    private Var? Read(Node reader, Var? value) => value is null ? null
        : reader.Index >= _stretches.End && _stretches.StretchOf(value) is { } stretch && Gate(stretch) is { } gate
            ? Again(value, stretch, gate) : Made(value);

    private Var Made(Var value) => _made.TryGetValue(value, out var made) ? made
        : _made[value] = _graph.Constant(value.Name, value.Known!);

    private Var Again(Var value, int stretch, Var gate)
    {
        if (!_again.ContainsKey(value))
            Append(value.Node!, [.. value.Node!.Inputs.Select(input => input is null ? null
                : !_stretches.OfBatch.Contains(input) ? Made(input)
                : _stretches.StretchOf(input) == stretch ? Again(input, stretch, gate)
                : Entrance(input, stretch, gate))], null, _again);
        return _again[value];
    }

    // Times 1: so the stretch waits for its gate, and is no copy of its first computation that could be left out.
    private Var Entrance(Var kept, int stretch, Var gate) => !kept.Type.IsFloat() ? Made(kept)
        : _entrances.TryGetValue((kept, stretch), out var entrance) ? entrance
        : _entrances[(kept, stretch)] = Made(kept) * Op.Cast(gate, kept.Type);

    // True, whatever the gradient is; null while the backward pass is not there yet.
    private Var? Gate(int stretch)
    {
        if (_gates.TryGetValue(stretch, out var gate))
            return gate;
        if (!_made.TryGetValue(_arrivals[stretch], out var arrival) || !arrival.DependsOnInput)
            return null;
        var number = Op.Slice(Op.Reshape(arrival, new TensorShape(arrival.Shape.Size)), 0, 0, 1);
        var zero = number.Like(0);
        return _gates[stretch] = Op.Not(Op.And(Op.Less(number, zero), Op.Greater(number, zero)));
    }
}
