using Google.Protobuf;
using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Models.Proto;
using OnnxGraphs.Surgery;

namespace OnnxGraphs.Quantization;

/// <summary>
/// Files whose weights alone are whole numbers, in blocks with a scale and a zero point each (DequantizeLinear with
/// block_size, opset 21, often with a Reshape behind it), with weights in floats and back. Closed, weights that did not change
/// come back bit for bit; others get s = (max - min) / (q_max - q_min) and z = round(q_min - min / s) for each block.
/// </summary>
public static class BlockForm
{
    private const string Nodes = "onnxgraphs.block_nodes";

    /// <summary>Whether a model is a file with weights in blocks that was opened.</summary>
    public static bool IsOpen(OnnxModel model) => model.Proto.MetadataProps.Any(entry => entry.Key == Nodes);

    /// <summary>The model with weights in floats; the model itself where none lie in blocks.</summary>
    /// <exception cref="ModelException">Scales do not fit a weight, or a weight has numbers of an unknown type.</exception>
    public static OnnxModel Open(OnnxModel model)
    {
        var values = new ValueGraph(model);
        if (!model.Proto.Graph.Node.Any(node => BlockWeight.Of(values, node) is not null))
            return model;
        var copy = model.Clone();
        var (graph, before) = (copy.Proto.Graph, new GraphProto());
        values = new(copy);
        foreach (var weight in graph.Node.Select(node => BlockWeight.Of(values, node)).OfType<BlockWeight>().ToList())
        {
            graph.Initializer.Add(weight.Floats(values).ToProto(weight.Value));
            foreach (var node in weight.Nodes)
            {
                before.Node.Add(node.Clone());
                graph.Node.Remove(node);
            }
        }
        var stored = copy.Initializers;
        foreach (var name in before.Node.SelectMany(node => node.Input).Distinct())
            if (stored.TryGetValue(name, out var tensor))
                before.Initializer.Add(tensor);
        UnreadTensors.Remove(copy);
        copy.Proto.MetadataProps.Add(
            new StringStringEntryProto { Key = Nodes, Value = Convert.ToBase64String(before.ToByteArray()) });
        return copy;
    }

    /// <summary>The model with the blocks that it was opened from; itself where it was not opened.</summary>
    public static OnnxModel Close(OnnxModel model)
    {
        if (model.Proto.MetadataProps.FirstOrDefault(entry => entry.Key == Nodes) is not { } entry)
            return model;
        var copy = model.Clone();
        copy.Proto.MetadataProps.Remove(entry);
        var before = GraphProto.Parser.ParseFrom(Convert.FromBase64String(entry.Value));
        var (graph, old) = (copy.Proto.Graph, new ValueGraph(new(new() { Graph = before }, model.Path)));
        var stored = copy.Initializers;
        foreach (var weight in before.Node.Select(node => BlockWeight.Of(old, node)).OfType<BlockWeight>())
            if (stored.TryGetValue(weight.Value, out var floats))
            {
                graph.Initializer.Remove(floats);
                foreach (var tensor in weight.Whole(old, floats.ToTensor()).Where(tensor => !stored.ContainsKey(tensor.Name)))
                    graph.Initializer.Add(tensor);
                graph.Node.Add(weight.Nodes);
            }
        NodeOrder.Sort(copy);
        return copy;
    }
}
