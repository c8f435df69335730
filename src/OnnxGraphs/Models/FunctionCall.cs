using OnnxGraphs.Models.Proto;

namespace OnnxGraphs.Models;

/// <summary>One call of a function: its nodes with the caller's values and attributes in place of its own.</summary>
internal sealed class FunctionCall
{
    private readonly Dictionary<string, string> _names = new(StringComparer.Ordinal) { [""] = "" };
    private readonly Dictionary<string, AttributeProto> _attributes = new(StringComparer.Ordinal);
    private readonly string _prefix;

    public FunctionCall(FunctionProto function, NodeProto caller, int number)
    {
        _prefix = $"{(caller.Name.Length > 0 ? caller.Name : caller.OpType)}/{number}/";
        for (var i = 0; i < function.Input.Count; i++)
            _names[function.Input[i]] = i < caller.Input.Count ? caller.Input[i] : "";
        for (var i = 0; i < function.Output.Count; i++)
            _names[function.Output[i]] = i < caller.Output.Count && caller.Output[i].Length > 0
                ? caller.Output[i] : _prefix + function.Output[i];
        foreach (var attribute in function.AttributeProto.Concat(caller.Attribute))
            _attributes[attribute.Name] = attribute;
        Nodes = [.. function.Node.Select(Renamed)];
    }

    /// <summary>The function's nodes with names of this call; they may call functions themselves.</summary>
    public IReadOnlyList<NodeProto> Nodes { get; }

    private string Name(string name) => _names.TryGetValue(name, out var outer) ? outer : _prefix + name;

    private NodeProto Renamed(NodeProto node)
    {
        var copy = node.Clone();
        copy.Name = _prefix + node.Name;
        copy.Input.Clear();
        copy.Input.Add(node.Input.Select(Name));
        copy.Output.Clear();
        copy.Output.Add(node.Output.Select(Name));
        copy.Attribute.Clear();
        foreach (var attribute in node.Attribute)
            if (Given(attribute) is { } given)
                copy.Attribute.Add(given);
        return copy;
    }

    // An attribute that refers to one of the call takes its value; where the call leaves it out, it is left out.
    private AttributeProto? Given(AttributeProto attribute)
    {
        if (attribute.RefAttrName.Length > 0)
        {
            var given = _attributes.GetValueOrDefault(attribute.RefAttrName)?.Clone();
            given?.Name = attribute.Name;
            return given;
        }
        var copy = attribute.Clone();
        if (copy.G is not null)
            copy.G = Renamed(copy.G);
        return copy;
    }

    private GraphProto Renamed(GraphProto graph)
    {
        var copy = graph.Clone();
        copy.Node.Clear();
        copy.Node.Add(graph.Node.Select(Renamed));
        foreach (var value in copy.Input.Concat(copy.Output))
            value.Name = Name(value.Name);
        foreach (var tensor in copy.Initializer)
            tensor.Name = Name(tensor.Name);
        return copy;
    }
}
