using Google.Protobuf;
using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Models.Proto;
using OnnxGraphs.Surgery;

namespace OnnxGraphs.Quantization;

/// <summary>
/// Files of ONNX Runtime's dynamic quantisation (DynamicQuantizeLinear, ConvInteger, MatMulInteger) as float models and
/// back. Opened, each layer is a Conv or MatMul with the weights w = s (q - z), exactly what the whole numbers stand for,
/// and inputs that are not rounded. Closed, layers have the nodes that they came with; weights that did not change come
/// back bit for bit, others with scale and zero point by the scheme that the file shows.
/// </summary>
public static class IntegerForm
{
    private const string Nodes = "onnxgraphs.integer_nodes", Scheme = "onnxgraphs.integer_scheme";

    private const string Remedy = "export the model in floats (quantise the tuned file again afterwards, for example "
        + "with onnxruntime.quantization.quantize_dynamic)";

    // Operators on whole numbers that a float form is not known for.
    private static readonly HashSet<string> Unknown =
    [
        "QLinearReduceMean", "QLinearWhere", "MatMulNBits", "DynamicQuantizeMatMul", "DynamicQuantizeLSTM", "MatMulIntegerToFloat",
        "QAttention", "ConvInteger", "MatMulInteger",
    ];

    /// <summary>Whether a model is a file of whole numbers that was opened.</summary>
    public static bool IsOpen(OnnxModel model) => model.Proto.MetadataProps.Any(entry => entry.Key == Nodes);

    /// <summary>The model in floats; the model itself where it is.</summary>
    /// <exception cref="ModelException">A layer of whole numbers has no float form.</exception>
    public static OnnxModel Open(OnnxModel model)
    {
        if (!model.Proto.Graph.Node.Any(node => Unknown.Contains(node.OpType)))
            return model;
        var copy = model.Clone();
        var layers = new IntegerLayers(copy);
        if (copy.Proto.Graph.Node.FirstOrDefault(node => Unknown.Contains(node.OpType) && !layers.Has(node)) is { } node)
            throw new ModelException($"{model.Path}: {node.OpType} '{node.Output[0]}' computes on whole numbers in a form "
                + $"that is not trained here; {Remedy}.");
        Set(copy, Scheme, $"{layers.Scheme}");
        var before = layers.ToFloat();
        Set(copy, Nodes, Convert.ToBase64String(before.ToByteArray()));
        return copy;
    }

    /// <summary>The model with the layers of whole numbers that it was opened from; itself where it was not.</summary>
    public static OnnxModel Close(OnnxModel model)
    {
        if (!IsOpen(model))
            return model;
        var copy = model.Clone();
        var (before, scheme) = (GraphProto.Parser.ParseFrom(Convert.FromBase64String(Take(copy, Nodes))),
            WeightScheme.Parse(Take(copy, Scheme)));
        new WholeLayers(copy, before, scheme).Restore();
        NodeOrder.Sort(copy);
        return copy;
    }

    private static void Set(OnnxModel model, string key, string value) =>
        model.Proto.MetadataProps.Add(new StringStringEntryProto { Key = key, Value = value });

    private static string Take(OnnxModel model, string key)
    {
        var entry = model.Proto.MetadataProps.First(entry => entry.Key == key);
        model.Proto.MetadataProps.Remove(entry);
        return entry.Value;
    }
}
