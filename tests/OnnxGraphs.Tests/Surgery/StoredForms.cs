using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Models.Proto;
using static OnnxGraphs.Tests.HandMade;

namespace OnnxGraphs.Tests.Surgery;

/// <summary>Models as converters store them: floats of 16 bits, or whole numbers between QDQ pairs.</summary>
internal static class StoredForms
{
    /// <summary>All numbers in 16-bit floats, picture and outputs included.</summary>
    public static OnnxModel Halves(OnnxModel model)
    {
        foreach (var value in model.Proto.Graph.Input)
            value.Type.TensorType.ElemType = (int)ElementType.Float16;
        foreach (var name in Weights(model))
            Store(model, name, ElementType.Float16);
        return model;
    }

    /// <summary>Weights in 16-bit floats, cast to 32 bits before they are used.</summary>
    public static OnnxModel CastWeights(OnnxModel model, ElementType type)
    {
        foreach (var name in Weights(model))
        {
            Store(model, name, type);
            Rewire(model, name, name + "/wide");
            model.Proto.Graph.Node.Insert(0, Node("Cast", [name], [name + "/wide"], ("to", 1)));
        }
        return model;
    }

    /// <summary>Pairs round the picture, the weights (8 bits), the biases (32 bits) and what layers compute.</summary>
    public static OnnxModel Quantized(OnnxModel model, bool perChannel)
    {
        var layers = model.Proto.Graph.Node
            .Where(node => node.OpType is "Conv" or "Gemm" or "MatMul" or "Add").ToList();
        foreach (var layer in layers)
            foreach (var (name, slot) in layer.Input.Select((name, slot) => (name, slot)).ToList())
                if (model.Initializers.TryGetValue(name, out var stored))
                    layer.Input[slot] = Dequantized(
                        model, stored.ToTensor(), name, ChannelAxis(layer, slot), perChannel);
        Add(model, "as", Tensor.Scalar(ElementType.Float32, 0.1));
        Add(model, "az", Tensor.Scalar(ElementType.UInt8, 128));
        foreach (var name in layers.Select(layer => layer.Output[0]).Prepend("x0").ToList())
            Pair(model, name);
        return model;
    }

    private static void Pair(OnnxModel model, string name)
    {
        var nodes = model.Proto.Graph.Node;
        Rewire(model, name, name + "/d");
        var place = nodes.Select((node, i) => node.Output.Contains(name) ? i : -1).Max() + 1;
        nodes.Insert(place, Node("QuantizeLinear", [name, "as", "az"], [name + "/q"]));
        nodes.Insert(place + 1, Node("DequantizeLinear", [name + "/q", "as", "az"], [name + "/d"]));
    }

    private static string Dequantized(OnnxModel model, Tensor tensor, string name, int axis, bool perChannel)
    {
        var (bias, output) = (tensor.Shape.Rank == 1, name + "/d");
        if (model.Producers.ContainsKey(output))
            return output;
        var count = perChannel ? (int)tensor.Shape[axis] : 1;
        float[] scales = [.. Enumerable.Range(0, count).Select(i => (bias ? 0.001f : 0.03f) * (1 + i % 3))];
        var shape = perChannel ? new TensorShape(count) : TensorShape.Scalar;
        var inner = (int)tensor.Shape.SizeOf((axis + 1)..);
        var numbers = tensor.Values<float>().ToArray()
            .Select((value, i) => (int)MathF.Round(value / scales[i / inner % tensor.Shape[axis] % count]));
        Replace(model, name, bias ? Tensor.Of<int>(tensor.Shape, [.. numbers])
            : Tensor.Of<sbyte>(tensor.Shape, [.. numbers.Select(number => (sbyte)Math.Clamp(number, -128, 127))]));
        Add(model, name + "/s", Tensor.Of<float>(shape, scales));
        var type = bias ? ElementType.Int32 : ElementType.Int8;
        Add(model, name + "/z", new(type, shape, new byte[count * type.Size()]));
        model.Proto.Graph.Node.Insert(0,
            Node("DequantizeLinear", [name, name + "/s", name + "/z"], [output], ("axis", axis)));
        return output;
    }

    private static int ChannelAxis(NodeProto layer, int slot) => slot == 1 && layer.OpType is "Gemm" or "MatMul"
        ? layer.Attribute.Any(a => a is { Name: "transB", I: 1 }) ? 0 : 1 : 0;

    private static List<string> Weights(OnnxModel model) => [.. model.Proto.Graph.Initializer
        .Where(tensor => tensor.DataType == (int)ElementType.Float32).Select(tensor => tensor.Name)];

    private static void Rewire(OnnxModel model, string from, string to)
    {
        foreach (var node in model.Proto.Graph.Node)
            for (var i = 0; i < node.Input.Count; i++)
                if (node.Input[i] == from)
                    node.Input[i] = to;
    }

    private static void Store(OnnxModel model, string name, ElementType type)
    {
        var tensor = model.Initializers[name].ToTensor();
        Replace(model, name, FloatTensors.FromFloat32(tensor.Shape, tensor.Values<float>(), type));
    }

    private static void Replace(OnnxModel model, string name, Tensor value)
    {
        var stored = model.Proto.Graph.Initializer;
        stored[stored.IndexOf(model.Initializers[name])] = value.ToProto(name);
    }

    private static void Add(OnnxModel model, string name, Tensor value) =>
        model.Proto.Graph.Initializer.Add(value.ToProto(name));
}
