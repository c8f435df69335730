using Google.Protobuf;
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

    /// <summary>Takes nodes and constants.</summary>
    public GraphProto Graph => graph;

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

    /// <summary>Numbers [b, channels, h, w] in another size: between the four nearest, centres at halves, as
    /// <see cref="Segmentation.MapGrid"/> does it.</summary>
    public string Resized(string value, string sizes)
    {
        var resized = Node("Resize", [value, "", "", sizes], 1);
        foreach (var (name, text) in new[] { ("mode", "linear"), ("coordinate_transformation_mode", "half_pixel") })
            resized.Attribute.Add(new AttributeProto
            {
                Name = name, S = ByteString.CopyFromUtf8(text), Type = AttributeProto.Types.AttributeType.String,
            });
        return resized.Output[0];
    }

    /// <summary>Adds a loop over 0 to count - 1 with one value, float, that goes from pass to pass.</summary>
    /// <param name="count">Number of passes, Int64.</param>
    /// <param name="initial">The value before the first pass.</param>
    /// <param name="pass">Of the number of the pass and the value before it; what it returns is the value after it.</param>
    public string Loop(string count, string initial, Func<NodeWriter, string, string, string> pass)
    {
        var node = Node("Loop", [count, "", initial], 1);
        var (index, goOn, value) = ($"{node.Name}/index", $"{node.Name}/condition", $"{node.Name}/value");
        var body = new GraphProto { Name = node.Name };
        body.Input.Add([EndToEndModel.Value(index, ElementType.Int64), EndToEndModel.Value(goOn, ElementType.Bool), Float(value)]);
        var nodes = new NodeWriter(body, node.Name);
        var after = pass(nodes, index, value);
        body.Output.Add([EndToEndModel.Value(nodes.Add("Identity", goOn), ElementType.Bool), Float(after)]);
        node.Attribute.Add(new AttributeProto { Name = "body", G = body, Type = AttributeProto.Types.AttributeType.Graph });
        return node.Output[0];
    }

    // Of any shape.
    private static ValueInfoProto Float(string name) => new()
    {
        Name = name, Type = new TypeProto { TensorType = new() { ElemType = (int)ElementType.Float32 } },
    };

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

    public string Constant(Tensor tensor)
    {
        var name = $"{prefix}/{_count++}";
        graph.Initializer.Add(tensor.ToProto(name));
        return name;
    }
}
