using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;

namespace OnnxGraphs.Models;

/// <summary>
/// The steps behind the outputs of a graph, in an order of computation. An operator of expressions only (Detach,
/// WithGradient, WithKernel) vanishes: its first input stands for it, unless a step of its own is chosen for it.
/// </summary>
internal sealed class StepList
{
    private readonly Func<Node, Step?> _choose;
    private readonly Dictionary<Node, Step?> _chosen = [];
    private readonly HashSet<Var> _given;

    /// <summary>Collects the steps.</summary>
    /// <param name="outputs">The values that are wanted.</param>
    /// <param name="choose">Another step for a node; null for the node as it is.</param>
    /// <param name="inputs">The values that are fed: what computes one of them is left out.</param>
    public StepList(IReadOnlyList<Var> outputs, Func<Node, Step?> choose, IReadOnlyList<Var>? inputs)
    {
        _choose = choose;
        _given = [.. inputs ?? []];
        Outputs = outputs;
        var (needed, open) = (new HashSet<Var>(), new Stack<Var>(outputs.Select(Written)));
        while (open.TryPop(out var value))
            if (needed.Add(value) && IsComputed(value))
                foreach (var input in StepOf(value.Node!).Inputs)
                    if (input is not null)
                        open.Push(Written(input));
        Leaves = [.. needed.Where(value => !IsComputed(value))];
        Steps = [.. needed.Where(IsComputed).Select(value => value.Node!).Distinct().OrderBy(node => node.Index)
            .Select(StepOf).Select(step => step with
            {
                Inputs = [.. step.Inputs.Select(input => input is null ? null : Written(input))],
            })];
    }

    /// <summary>The values that were asked for; what is written in their place says <see cref="Written"/>.</summary>
    public IReadOnlyList<Var> Outputs { get; }

    /// <summary>Inputs and constants.</summary>
    public IReadOnlyList<Var> Leaves { get; }

    /// <summary>In an order of computation.</summary>
    public IReadOnlyList<Step> Steps { get; }

    /// <summary>The value that is computed where the graph has this one.</summary>
    public Var Written(Var value)
    {
        while (IsComputed(value) && value.Node!.IsPseudo && Chosen(value.Node) is null)
            value = value.Node[0];
        return value;
    }

    private bool IsComputed(Var value) => value is { Node: not null, Known: null } && !_given.Contains(value);

    private Step StepOf(Node node) => Chosen(node) ?? Step.Of(node);

    private Step? Chosen(Node node)
    {
        if (!_chosen.TryGetValue(node, out var step))
            _chosen[node] = step = _choose(node);
        return step;
    }
}
