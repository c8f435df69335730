using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Models.Proto;

namespace OnnxGraphs.Surgery;

/// <summary>Scales and zero points of a quantised weight that has one for each output channel.</summary>
internal static class ChannelScales
{
    /// <summary>
    /// Gives a QuantizeLinear or DequantizeLinear node the vectors for other channels: those of channels that are kept,
    /// and for new ones the numbers of the channel with the median scale.
    /// </summary>
    /// <param name="model">The model that is changed.</param>
    /// <param name="node">The node.</param>
    /// <param name="source">For each new channel the old one, or -1.</param>
    public static void Replace(OnnxModel model, NodeProto node, int[] source)
    {
        var scales = ShapeConstants.Constant(model, node.Input[1])!.ToFloat32().Values<float>().ToArray();
        var median = Enumerable.Range(0, scales.Length).OrderBy(channel => scales[channel])
            .ElementAt(scales.Length / 2);
        int[] channels = [.. source.Select(old => old < 0 ? median : old)];
        for (var input = 1; input < node.Input.Count; input++)
            if (node.Input[input].Length > 0
                && ShapeConstants.Constant(model, node.Input[input]) is { Shape.Size: > 1 } vector)
                node.Input[input] = Store(model, node.Input[input], Chosen(vector, channels));
    }

    // Other weights may have the same vector, of zeros for example: they keep it.
    private static string Store(OnnxModel model, string name, Tensor vector)
    {
        var graph = model.Proto.Graph;
        if (graph.Node.Sum(node => node.Input.Count(input => input == name)) > 1
            || graph.Initializer.FirstOrDefault(tensor => tensor.Name == name) is not { } stored)
            return ShapeConstants.Store(graph, name, vector);
        graph.Initializer[graph.Initializer.IndexOf(stored)] = vector.ToProto(name);
        return name;
    }

    private static Tensor Chosen(Tensor vector, int[] channels)
    {
        var size = vector.Type.Size();
        return new(vector.Type, new(channels.Length),
            [.. channels.SelectMany(channel => vector.Data.AsSpan(channel * size, size).ToArray())]);
    }
}
