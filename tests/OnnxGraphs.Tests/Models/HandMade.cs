using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Models.Proto;

namespace OnnxGraphs.Tests;

/// <summary>Models written field by field, as old exporters wrote them.</summary>
internal static class HandMade
{
    /// <summary>A model of the given opset with the inputs x0, x1, ... and the last node's outputs.</summary>
    public static OnnxModel Model(int opset, Tensor[] inputs, NodeProto[] nodes,
        params (string Name, Tensor Value)[] stored)
    {
        var graph = new GraphProto { Name = "graph" };
        graph.Input.Add(inputs.Select((input, i) => Value($"x{i}", input)));
        graph.Node.Add(nodes);
        graph.Initializer.Add(stored.Select(tensor => tensor.Value.ToProto(tensor.Name)));
        graph.Output.Add(nodes[^1].Output.Select(name => new ValueInfoProto { Name = name }));
        return new(new ModelProto { IrVersion = 4, Graph = graph,
            OpsetImport = { new OperatorSetIdProto { Domain = "", Version = opset } } });
    }

    /// <summary>A node with one output, named y.</summary>
    public static NodeProto Node(string op, string[] inputs, params (string Name, object Value)[] attributes) =>
        Node(op, inputs, ["y"], attributes);

    /// <summary>A node; attributes hold long, float, string, their arrays, a tensor or a graph.</summary>
    public static NodeProto Node(string op, string[] inputs, string[] outputs,
        params (string Name, object Value)[] attributes)
    {
        var node = new NodeProto { OpType = op, Input = { inputs }, Output = { outputs } };
        node.Attribute.Add(attributes.Select(pair => Attribute(pair.Name, pair.Value)));
        return node;
    }

    /// <summary>The declaration of a value like the tensor.</summary>
    public static ValueInfoProto Value(string name, Tensor tensor)
    {
        var shape = new TensorShapeProto();
        shape.Dim.Add(tensor.Shape.Select(dim => new TensorShapeProto.Types.Dimension { DimValue = dim }));
        return new() { Name = name,
            Type = new() { TensorType = new() { ElemType = (int)tensor.Type, Shape = shape } } };
    }

    /// <summary>A graph inside a node: the last node's outputs unless others are named.</summary>
    public static GraphProto Body(string[] inputs, NodeProto[] nodes, string[]? outputs = null,
        params (string Name, Tensor Value)[] stored)
    {
        var graph = new GraphProto { Name = "body" };
        graph.Input.Add(inputs.Select(name => new ValueInfoProto { Name = name }));
        graph.Node.Add(nodes);
        graph.Initializer.Add(stored.Select(tensor => tensor.Value.ToProto(tensor.Name)));
        graph.Output.Add((outputs ?? [.. nodes[^1].Output]).Select(name => new ValueInfoProto { Name = name }));
        return graph;
    }

    private static AttributeProto Attribute(string name, object value) => value switch
    {
        int or long => new() { Name = name, Type = AttributeProto.Types.AttributeType.Int, I = Convert.ToInt64(value) },
        float f => new() { Name = name, Type = AttributeProto.Types.AttributeType.Float, F = f },
        string s => new() { Name = name, Type = AttributeProto.Types.AttributeType.String,
            S = Google.Protobuf.ByteString.CopyFromUtf8(s) },
        long[] list => new() { Name = name, Type = AttributeProto.Types.AttributeType.Ints, Ints = { list } },
        float[] list => new() { Name = name, Type = AttributeProto.Types.AttributeType.Floats, Floats = { list } },
        Tensor tensor => new() { Name = name, Type = AttributeProto.Types.AttributeType.Tensor,
            T = tensor.ToProto("") },
        GraphProto graph => new() { Name = name, Type = AttributeProto.Types.AttributeType.Graph, G = graph },
        _ => throw new ArgumentException($"No attribute holds a {value.GetType().Name}.", nameof(value)),
    };
}
