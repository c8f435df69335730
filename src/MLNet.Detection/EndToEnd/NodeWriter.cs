using MLNet.Detection.Scoring;
using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Models.Proto;

namespace MLNet.Detection.EndToEnd;

/// <summary>Adds nodes whose shapes are known only when the model runs, which a <see cref="Graph"/> does not
/// hold.</summary>
/// <param name="graph">Takes nodes and constants.</param>
/// <param name="prefix">Begins the names of values.</param>
internal sealed class NodeWriter(GraphProto graph, string prefix)
{
    private int _count;

    /// <summary>Adds a node of one output, and names that.</summary>
    public string Add(string op, params string[] inputs) => Add(op, inputs, []);

    /// <summary>Adds a node of one output, with integer attributes.</summary>
    public string Add(string op, string[] inputs, params (string Name, long Value)[] attributes)
    {
        var node = Node(op, inputs, 1);
        foreach (var (name, value) in attributes)
            node.Attribute.Add(new AttributeProto
            {
                Name = name, I = value, Type = AttributeProto.Types.AttributeType.Int,
            });
        return node.Output[0];
    }

    /// <summary>Adds a Transpose.</summary>
    public string Transpose(string value, params long[] order)
    {
        var node = Node("Transpose", [value], 1);
        var attribute = new AttributeProto { Name = "perm", Type = AttributeProto.Types.AttributeType.Ints };
        attribute.Ints.Add(order);
        node.Attribute.Add(attribute);
        return node.Output[0];
    }

    /// <summary>The best k along the only axis, in order: values and places. At equal values the lower place comes
    /// first.</summary>
    public (string Values, string Places) TopK(string value, string k, bool largest)
    {
        var node = Node("TopK", [value, k], 2);
        node.Attribute.Add(new AttributeProto
        {
            Name = "largest", I = largest ? 1 : 0, Type = AttributeProto.Types.AttributeType.Int,
        });
        return (node.Output[0], node.Output[1]);
    }

    /// <summary>Adds a node of another operator set.</summary>
    public NodeProto Node(string op, string[] inputs, int outputs)
    {
        var node = new NodeProto { OpType = op, Name = $"{prefix}/{op}{_count}" };
        node.Input.Add(inputs);
        for (var i = 0; i < outputs; i++)
            node.Output.Add($"{prefix}/{_count++}");
        graph.Node.Add(node);
        return node;
    }

    public string Cast(string value, ElementType type) => Add("Cast", [value], ("to", (long)type));

    public string Vector<T>(params ReadOnlySpan<T> values) where T : unmanaged => Constant(Tensor.Vector(values));

    public string Number<T>(T value) where T : unmanaged => Constant(Tensor.Of<T>(TensorShape.Scalar, [value]));

    private string Constant(Tensor tensor)
    {
        var name = $"{prefix}/{_count++}";
        graph.Initializer.Add(tensor.ToProto(name));
        return name;
    }
}
