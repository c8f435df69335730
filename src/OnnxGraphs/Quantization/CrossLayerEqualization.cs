using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Models.Proto;
using OnnxGraphs.Surgery;

namespace OnnxGraphs.Quantization;

/// <summary>
/// Channels between two convolutions brought to one size: where nothing, or a Relu, LeakyRelu or MaxPool, lies between them,
/// f(s x) = s f(x) for s > 0, and the first layer divided by s_i in its channel i and the second multiplied by it there
/// compute the same. s_i = sqrt(r1_i / r2_i) makes the largest weights of both equal, r_i being the largest |w| of the
/// channel; pairs are gone over until nothing changes. Nagel et al. 2019, https://arxiv.org/abs/1906.04721, section 4.1.
/// </summary>
internal static class CrossLayerEqualization
{
    private const int MostRounds = 50;
    private const double Enough = 1e-4;

    private static readonly HashSet<string> Homogeneous = ["Relu", "LeakyRelu", "MaxPool"];

    /// <summary>Equalises a model itself; returns how many pairs of layers it has.</summary>
    /// <param name="model">The model, its normalisations folded.</param>
    /// <param name="values">Names of values that must stay as they are.</param>
    public static int Apply(OnnxModel model, IReadOnlyList<string> values)
    {
        var graph = new ValueGraph(model);
        HashSet<string> kept = [.. values, .. model.OutputNames];
        var layers = new Dictionary<NodeProto, ScaledLayer>(ReferenceEqualityComparer.Instance);
        var pairs = new List<(ScaledLayer First, ScaledLayer Second)>();
        foreach (var node in model.Proto.Graph.Node)
            if (Layer(node) is { } first && Next(node) is { } second)
                pairs.Add((first, second));
        for (var round = 0; round < MostRounds && pairs.Count > 0; round++)
            if (pairs.Max(pair => Equalize(pair.First, pair.Second)) < Enough)
                break;
        foreach (var layer in layers.Values)
            layer.Store(model);
        return pairs.Count;

        ScaledLayer? Layer(NodeProto node)
        {
            if (!layers.TryGetValue(node, out var layer) && ScaledLayer.Of(graph, node) is { } found)
                layers[node] = layer = found;
            return layer;
        }

        // The convolution that alone reads a layer's result, by way of nodes that scale with what they read.
        ScaledLayer? Next(NodeProto node) => kept.Contains(node.Output[0])
            || graph.Readers(node.Output[0]) is not [var reader] || reader.Input[0] != node.Output[0] ? null
            : Homogeneous.Contains(reader.OpType) && reader.Output.Count == 1 ? Next(reader)
            : Layer(reader);
    }

    // The largest change of a channel, as a part.
    private static double Equalize(ScaledLayer first, ScaledLayer second)
    {
        var (outputs, inputs, most) = (first.OutputRanges(), second.InputRanges(), 0.0);
        for (var i = 0; i < outputs.Length; i++)
        {
            // A channel that is 0 on one side has no size.
            if (outputs[i] == 0 || inputs[i] == 0)
                continue;
            var s = Math.Sqrt(outputs[i] / inputs[i]);
            first.ScaleOutput(i, 1 / s);
            second.ScaleInput(i, s);
            most = Math.Max(most, Math.Abs(s - 1));
        }
        return most;
    }
}
