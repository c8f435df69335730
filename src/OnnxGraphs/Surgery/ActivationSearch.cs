using OnnxGraphs.Models;
using OnnxGraphs.Models.Proto;

namespace OnnxGraphs.Surgery;

/// <summary>
/// The activations, and choices of classes, that values are made of by arithmetic alone: no layer lies between, and
/// nothing else that depends on the picture enters, as it does in a gate (x times its Sigmoid).
/// </summary>
/// <param name="model">The model.</param>
/// <param name="ends">The operators that are looked for.</param>
/// <param name="layouts">Operators that change no values.</param>
internal sealed class ActivationSearch(OnnxModel model, Predicate<string> ends, Predicate<string> layouts)
{
    private static readonly HashSet<string> Arithmetic =
    [
        "Abs", "Add", "Ceil", "Clip", "Concat", "Div", "Exp", "Floor", "Gather", "Log", "Max", "Mean", "Min", "Mul", "Neg",
        "Pow", "ReduceMax", "Split", "Sqrt", "Sub", "Sum", "Where",
    ];

    private readonly IReadOnlyDictionary<string, NodeProto> _producers = model.Producers;
    private readonly Dictionary<string, HashSet<string>?> _known = [];
    private readonly HashSet<string> _stored = [.. model.Initializers.Keys];

    /// <summary>The input by which arithmetic comes from an activation; null where it does not, or is none.</summary>
    public string? Before(NodeProto node) => Arithmetic.Contains(node.OpType) && Of(node.Output[0]) is { Count: > 0 }
        ? node.Input.First(input => Of(input) is { Count: > 0 }) : null;

    /// <summary>Names of the values right behind them; empty for a constant, null where something else
    /// enters.</summary>
    public IReadOnlySet<string>? Of(string name)
    {
        if (!_known.TryGetValue(name, out var found))
            _known[name] = found = !_producers.TryGetValue(name, out var node) ? _stored.Contains(name) ? [] : null
                : ends(node.OpType) ? [name]
                : node.OpType is "Constant" or "Shape" or "ConstantOfShape" ? []
                : layouts(node.OpType) || Arithmetic.Contains(node.OpType) ? OfInputs(node) : null;
        return found;
    }

    private HashSet<string>? OfInputs(NodeProto node)
    {
        var all = new HashSet<string>();
        foreach (var input in node.Input.Where(input => input.Length > 0))
        {
            if (Of(input) is not { } some)
                return null;
            all.UnionWith(some);
        }
        return all;
    }
}
