using OnnxGraphs.Models;
using OnnxGraphs.Models.Proto;

namespace OnnxGraphs.Surgery;

/// <summary>Who computes and who reads each value of a model, for searches that ask often.</summary>
internal sealed class ValueGraph
{
    private readonly Dictionary<string, List<NodeProto>> _readers = new(StringComparer.Ordinal);

    public ValueGraph(OnnxModel model)
    {
        (Model, Producers, Stored) = (model, model.Producers, model.Initializers.Keys.ToHashSet());
        foreach (var node in model.Proto.Graph.Node)
            foreach (var name in Reads(node))
                // Once, however often it reads the value.
                if ((_readers.TryGetValue(name, out var list) ? list : _readers[name] = []) is var readers
                    && (readers.Count == 0 || readers[^1] != node))
                    readers.Add(node);
    }

    public OnnxModel Model { get; }

    /// <summary>The node that computes each value.</summary>
    public IReadOnlyDictionary<string, NodeProto> Producers { get; }

    /// <summary>Names of stored tensors.</summary>
    public IReadOnlySet<string> Stored { get; }

    /// <summary>The nodes that read a value, in the file's order.</summary>
    public IReadOnlyList<NodeProto> Readers(string value) => _readers.GetValueOrDefault(value) ?? [];

    /// <summary>Whether a value is a stored tensor or a Constant node's.</summary>
    public bool IsConstant(string value) => Stored.Contains(value)
        || Producers.TryGetValue(value, out var node) && node.OpType switch
        {
            "Constant" => true,
            "Identity" or "Cast" or "Unsqueeze" or "Squeeze" or "Reshape" => IsConstant(node.Input[0]),
            _ => false,
        };

    /// <summary>Whether a value is a stored tensor, converted to another type at most.</summary>
    public bool IsStored(string value) => Stored.Contains(value) || Producers.TryGetValue(value, out var node)
        && (node.OpType == "Cast" || IsRounding(node)) && IsStored(node.Input[0]);

    /// <summary>A stored number or tensor, read through the operators that exporters put around it.</summary>
    public Graphs.Tensor? Constant(string value)
    {
        if (Model.Proto.Graph.Initializer.FirstOrDefault(tensor => tensor.Name == value) is { } stored)
            return stored.ToTensor();
        if (!Producers.TryGetValue(value, out var node))
            return null;
        return node.OpType switch
        {
            "Constant" => node.Attribute.FirstOrDefault(attribute => attribute.Name == "value")?.T?.ToTensor(),
            "Unsqueeze" or "Cast" or "Identity" => Constant(node.Input[0]),
            _ => null,
        };
    }

    /// <summary>All values that a node reads; subgraphs of If and Loop read values around them, too.</summary>
    public static IEnumerable<string> Reads(NodeProto node) => node.Input.Where(name => name.Length > 0)
        .Concat(node.Attribute.Where(attribute => attribute.G is not null).SelectMany(graph => Captured(graph.G)));

    /// <summary>Whether a node multiplies with weights: the operators that detectors are made of.</summary>
    public static bool IsLayer(NodeProto node) => node.OpType is "Conv" or "ConvTranspose" or "Gemm" or "MatMul";

    /// <summary>Whether a node is one half of a QDQ pair.</summary>
    public static bool IsRounding(NodeProto node) => node.OpType is "QuantizeLinear" or "DequantizeLinear";

    /// <summary>The value before the QDQ pairs that make a value of it; the value itself where none do.</summary>
    public static string BeforeRounding(IReadOnlyDictionary<string, NodeProto> producers, string value)
    {
        while (producers.TryGetValue(value, out var node) && IsRounding(node))
            value = node.Input[0];
        return value;
    }

    /// <summary>What a node computes on: no shapes, axes, counts and choices of rows.</summary>
    public static IEnumerable<string> DataInputs(NodeProto node) => node.OpType switch
    {
        "Shape" or "Size" or "NonZero" or "ArgMax" or "ArgMin" or "NonMaxSuppression" => [],
        "Reshape" or "Squeeze" or "Unsqueeze" or "Slice" or "Split" or "Expand" or "Tile" or "Pad" or "TopK"
            or "Gather" or "GatherND" or "GatherElements" or "Resize" or "Upsample" or "QuantizeLinear"
            or "DequantizeLinear" => node.Input.Take(1),
        _ => node.Input.Where(input => input.Length > 0),
    };

    private static IEnumerable<string> Captured(GraphProto graph)
    {
        var own = graph.Node.SelectMany(node => node.Output).Concat(graph.Initializer.Select(tensor => tensor.Name))
            .Concat(graph.Input.Select(input => input.Name)).ToHashSet();
        return graph.Node.SelectMany(Reads).Concat(graph.Output.Select(output => output.Name))
            .Where(name => !own.Contains(name));
    }
}
