using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Models.Proto;

namespace MLNet.Detection.Tests.Detectors;

/// <summary>Files as exporters write them, made of the small exports: in halves, with other inputs, with another
/// tail.</summary>
internal static class OtherFiles
{
    /// <summary>All floats of 16 bits, inputs and outputs among them, as Ultralytics' half=True.</summary>
    public static OnnxModel Half(OnnxModel model)
    {
        var copy = model.Clone();
        var graph = copy.Proto.Graph;
        graph.ValueInfo.Clear();
        foreach (var value in graph.Input.Concat(graph.Output))
            if (value.Type.TensorType.ElemType == (int)ElementType.Float32)
                value.Type.TensorType.ElemType = (int)ElementType.Float16;
        for (var i = 0; i < graph.Initializer.Count; i++)
            graph.Initializer[i] = Halved(graph.Initializer[i]);
        foreach (var attribute in graph.Node.SelectMany(node => node.Attribute))
            if (attribute.T is not null)
                attribute.T = Halved(attribute.T);
            else if (attribute.Name == "to" && attribute.I == (int)ElementType.Float32)
                attribute.I = (int)ElementType.Float16;
        return copy;
    }

    /// <summary>A second input of two numbers, and an output that multiplies one of the file's by it.</summary>
    public static OnnxModel WithInput(OnnxModel model, string name, ElementType type, string output, int repeats)
    {
        var copy = model.Clone();
        var graph = copy.Proto.Graph;
        graph.Input.Add(Value(name, type, 1, 2));
        graph.Node.Add(Node("Cast", [name], name + "/cast", ("to", (long)ElementType.Float32)));
        graph.Node.Add(Node("Concat", [.. Enumerable.Repeat(name + "/cast", repeats)], name + "/all", ("axis", 1L)));
        graph.Node.Add(Node("Mul", [output, name + "/all"], "scaled"));
        graph.Output.Add(new ValueInfoProto { Name = "scaled" });
        return copy;
    }

    /// <summary>
    /// The tail of RT-DETR and its kin behind logits and boxes of one picture: sigmoid, the best of all scores, class and
    /// query by division, corners times the second input.
    /// </summary>
    public static OnnxModel SetPrediction(OnnxModel model, string logits, string boxes, int classes, int best)
    {
        var copy = model.Clone();
        var graph = copy.Proto.Graph;
        Store(graph, "n_classes", Tensor.Of<long>(TensorShape.Scalar, [classes]));
        Store(graph, "best", Tensor.Vector((long)best));
        Store(graph, "last", Tensor.Vector(2L));
        Store(graph, "four", Tensor.Vector(1L, 1L, 4L));
        Store(graph, "half", Tensor.Of<float>(TensorShape.Scalar, [0.5f]));
        graph.Input.Add(Value("orig_target_sizes", ElementType.Int64, 1, 2));
        graph.Node.Add(
        [
            Node("Sigmoid", [logits], "p"), Node("Flatten", ["p"], "flat", ("axis", 1L)),
            new NodeProto { OpType = "TopK", Input = { "flat", "best" }, Output = { "scores", "index" } },
            Node("Div", ["index", "n_classes"], "query"), Node("Mul", ["query", "n_classes"], "first"),
            Node("Sub", ["index", "first"], "labels"),
            new NodeProto { OpType = "Split", Input = { boxes }, Output = { "centre", "size" },
                Attribute = { Attribute("axis", 2L), Attribute("num_outputs", 2L) } },
            Node("Mul", ["size", "half"], "extent"), Node("Sub", ["centre", "extent"], "low"),
            Node("Add", ["centre", "extent"], "high"), Node("Concat", ["low", "high"], "corners", ("axis", 2L)),
            Node("Cast", ["orig_target_sizes"], "sizes", ("to", 1L)),
            Node("Concat", ["sizes", "sizes"], "sizes4", ("axis", 1L)), Node("Mul", ["corners", "sizes4"], "pixels"),
            Node("Unsqueeze", ["query", "last"], "rows"), Node("Expand", ["rows", "shape4"], "rows4"),
            Node("GatherElements", ["pixels", "rows4"], "boxes", ("axis", 1L)),
        ]);
        Store(graph, "shape4", Tensor.Vector(1L, best, 4L));
        graph.Output.Clear();
        graph.Output.Add([Value("labels", ElementType.Int64, 1, best), Value("boxes", ElementType.Float32, 1, best, 4),
            Value("scores", ElementType.Float32, 1, best)]);
        copy.Proto.OpsetImport[0].Version = 18;
        return copy;
    }

    /// <summary>The declaration of a value.</summary>
    public static ValueInfoProto Value(string name, ElementType type, params long[] dims)
    {
        var shape = new TensorShapeProto();
        shape.Dim.Add(dims.Select(dim => new TensorShapeProto.Types.Dimension { DimValue = dim }));
        return new() { Name = name, Type = new() { TensorType = new() { ElemType = (int)type, Shape = shape } } };
    }

    private static NodeProto Node(string op, string[] inputs, string output, params (string Name, long Value)[] attributes)
    {
        var node = new NodeProto { OpType = op, Input = { inputs }, Output = { output } };
        node.Attribute.Add(attributes.Select(pair => Attribute(pair.Name, pair.Value)));
        return node;
    }

    private static AttributeProto Attribute(string name, long value) =>
        new() { Name = name, Type = AttributeProto.Types.AttributeType.Int, I = value };

    private static void Store(GraphProto graph, string name, Tensor value) => graph.Initializer.Add(value.ToProto(name));

    private static TensorProto Halved(TensorProto tensor) => tensor.DataType != (int)ElementType.Float32 ? tensor
        : FloatTensors.FromFloat32(new([.. tensor.Dims]), tensor.ToTensor().Values<float>(), ElementType.Float16)
            .ToProto(tensor.Name);
}
