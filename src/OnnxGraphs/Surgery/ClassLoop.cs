using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Models.Proto;

namespace OnnxGraphs.Surgery;

/// <summary>
/// A tail that treats class by class: an exporter unrolled a loop over them, so that each class has nodes of its own,
/// joined by Concat at the end. torchvision's SSD is exported like this. A pass of the loop is left out for a class too
/// many, and copied for a class too few.
/// </summary>
internal sealed class ClassLoop
{
    private readonly OnnxModel _model;
    private readonly ValueGraph _graph;
    private readonly SortedDictionary<int, List<NodeProto>> _passes = [];
    private readonly Dictionary<string, int?> _classOf = [];
    private readonly List<NodeProto> _joins = [];

    private ClassLoop(OnnxModel model, string raw, int classes)
    {
        (_model, _graph) = (model, new(model));
        foreach (var (node, label) in Picks(raw, classes))
            (_passes.TryGetValue(label, out var pass) ? pass : _passes[label] = []).Add(node);
        if (_passes.Count > 0)
            Follow();
    }

    /// <summary>Gives the tail another number of classes where it is such a loop; else it is left alone.</summary>
    /// <exception cref="ModelException">It is a loop, but its passes are not alike.</exception>
    public static void Resize(OnnxModel model, string raw, int from, int to)
    {
        var loop = new ClassLoop(model, raw, from);
        if (loop._passes.Count == 0 || from == to)
            return;
        // A background class has no pass; with two columns one pass is all there is.
        var wanted = Enumerable.Range(0, to).Where(label => label > 0 || loop._passes.ContainsKey(0)).ToList();
        var lacking = wanted.Where(label => !loop._passes.ContainsKey(label)).ToList();
        if (loop._passes.Count == 1 && from > 2 && lacking.Count > 0)
            throw loop.OneAlone(from, to);
        lacking.ForEach(loop.Copy);
        loop.Remove([.. loop._passes.Keys.Except(wanted)]);
    }

    // Gather of one class out of values that are the raw value but for activation and layout.
    private IEnumerable<(NodeProto Node, int Label)> Picks(string raw, int classes)
    {
        var reached = new HashSet<string> { raw };
        foreach (var node in _model.Proto.Graph.Node.Where(n => n.Input.Count > 0 && reached.Contains(n.Input[0])))
            if (node.OpType is "Softmax" or "LogSoftmax" or "Sigmoid" or "Reshape" or "Transpose" or "Squeeze"
                or "Unsqueeze" or "Split" or "Identity" or "Cast" or "QuantizeLinear" or "DequantizeLinear")
                reached.UnionWith(node.Output);
            else if (node.OpType == "Gather" && _graph.Constant(node.Input[1]) is { Shape.Size: 1 } index
                && index.ToInt64()[0] is var label && label >= 0 && label < classes)
                yield return (node, (int)label);
    }

    // Whatever depends on one class alone belongs to its pass; what depends on several must be a Concat of them.
    private void Follow()
    {
        foreach (var (label, pass) in _passes)
            foreach (var output in pass.SelectMany(node => node.Output))
                _classOf[output] = label;
        foreach (var node in _model.Proto.Graph.Node.Where(node => !node.Output.Any(_classOf.ContainsKey)))
        {
            var labels = ValueGraph.Reads(node).Where(_classOf.ContainsKey).Select(name => _classOf[name])
                .ToHashSet();
            if (labels.Count == 0)
                continue;
            var own = labels.Count == 1 ? labels.Single() : null;
            if (own is { } label && !IsJoin(node))
                _passes[label].Add(node);
            else if (labels.Any(other => other is not null))
                _joins.Add(IsJoin(node) ? node : throw NotAlike($"{node.OpType} '{node.Output[0]}' mixes classes"));
            foreach (var output in node.Output)
                _classOf[output] = IsJoin(node) ? null : own;
        }
    }

    // Every input of the Concat comes from a pass of its own, one pass each.
    private bool IsJoin(NodeProto node) => node.OpType == "Concat" && node.Input.Count == _passes.Count
        && node.Input.Select(Label).OfType<int>().Distinct().Count() == _passes.Count;

    private int? Label(string value) => _classOf.GetValueOrDefault(value);

    private void Remove(IReadOnlyList<int> labels)
    {
        foreach (var join in _joins)
            foreach (var input in join.Input.Where(name => labels.Contains(Label(name) ?? -1))
                .ToList())
                join.Input.Remove(input);
        var gone = new HashSet<NodeProto>(
            labels.SelectMany(label => _passes[label]), ReferenceEqualityComparer.Instance);
        var nodes = _model.Proto.Graph.Node;
        // Constants that nothing else reads go with them.
        var read = nodes.Where(node => !gone.Contains(node)).SelectMany(ValueGraph.Reads).ToHashSet();
        var kept = nodes.Where(node => !gone.Contains(node) && (node.OpType != "Constant"
            || read.Contains(node.Output[0]) || _model.OutputNames.Contains(node.Output[0]))).ToList();
        nodes.Clear();
        nodes.Add(kept);
    }

    private void Copy(int label)
    {
        var (template, nodes) = (_passes.Keys.Last(), _model.Proto.Graph.Node);
        var (names, pass) = (new Dictionary<string, string>(), new List<NodeProto>());
        var place = _passes[template].Max(nodes.IndexOf);
        foreach (var node in _passes[template])
        {
            var copy = node.Clone();
            copy.Name = node.Name.Length == 0 ? "" : Named(node.Name, label);
            for (var i = 0; i < copy.Input.Count; i++)
                copy.Input[i] = names.GetValueOrDefault(copy.Input[i]) ?? Constant(copy.Input[i], node, i, label);
            for (var i = 0; i < copy.Output.Count; i++)
                names[node.Output[i]] = copy.Output[i] = Named(node.Output[i], label);
            foreach (var attribute in copy.Attribute.Where(attribute => attribute.T is not null))
                attribute.T = Shifted(attribute.T.ToTensor(), Other(node).Attribute
                    .First(other => other.Name == attribute.Name).T.ToTensor(), template, label).ToProto("");
            nodes.Insert(++place, copy);
            pass.Add(copy);
            foreach (var output in copy.Output)
                _classOf[output] = label;
        }
        foreach (var join in _joins)
            join.Input.Add(names[join.Input.Last(name => Label(name) == template)]);
        _passes[label] = pass;
    }

    private string Constant(string name, NodeProto node, int input, int label)
    {
        var template = _passes.Keys.Last();
        if (_graph.Constant(name) is not { } value)
            return name;
        var other = _graph.Constant(Other(node).Input[input])
            ?? throw NotAlike($"'{name}' is a constant in one pass alone");
        var shifted = Shifted(value, other, template, label);
        if (shifted == value)
            return name;
        var fresh = Named(name, label);
        if (_model.Proto.Graph.Initializer.All(tensor => tensor.Name != fresh))
            _model.Proto.Graph.Initializer.Add(shifted.ToProto(fresh));
        return fresh;
    }

    // The same node in the pass before: what differs there is the class.
    private NodeProto Other(NodeProto node)
    {
        var labels = _passes.Keys.TakeLast(2).ToArray();
        var (first, last) = (_passes[labels[0]], _passes[labels[^1]]);
        var other = labels.Length == 2 && first.Count == last.Count ? first[last.IndexOf(node)] : null;
        var alike = other is not null && other.OpType == node.OpType && other.Attribute.Count == node.Attribute.Count;
        return alike ? other! : throw NotAlike("its passes have different nodes, or there is one alone");
    }

    // A number that grows from pass to pass by one is the class's; all others are the same in each.
    private Tensor Shifted(Tensor value, Tensor before, int template, int label)
    {
        if (value.Type == before.Type && value.Shape == before.Shape && value.Data.AsSpan().SequenceEqual(before.Data))
            return value;
        var (numbers, earlier) = (value.ToInt64(), before.ToInt64());
        var step = template - _passes.Keys.SkipLast(1).Last();
        if (numbers.Length != earlier.Length || !numbers.Zip(earlier).All(pair => pair.First - pair.Second == step))
            throw NotAlike("a constant differs from class to class, but not by the class");
        long[] shifted = [.. numbers.Select(number => number + label - template)];
        return value.Type == ElementType.Int64 ? Tensor.Of<long>(value.Shape, shifted)
            : Tensor.Of<int>(value.Shape, [.. shifted.Select(number => (int)number)]);
    }

    private static string Named(string name, int label) => $"{name}/class{label}";

    // One column that stands for all of them: background, or what a suppression without classes goes by.
    private ModelException OneAlone(int from, int to)
    {
        var (label, pass) = _passes.First();
        return new($"{_model.Path}: '{pass[0].Output[0]}' picks column {label} of the classes alone, as a suppression that does not "
            + $"tell them apart does; what it is to pick of {to} columns in place of {from} is not in the file. Cut the model before "
            + "it (name the raw values as outputs), or export it with as many classes as you need.");
    }

    private ModelException NotAlike(string what) => new(
        $"{_model.Path}: the tail loops over the classes, but {what}; cut the model before it (name the raw values as "
        + "outputs), or export it with as many classes as you need.");
}
