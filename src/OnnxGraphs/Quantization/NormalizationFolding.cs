using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Models.Proto;
using OnnxGraphs.Surgery;

namespace OnnxGraphs.Quantization;

/// <summary>
/// Conv with the BatchNormalization behind it as one Conv: w' = w s, b' = (b - mean) s + beta with
/// s = gamma / sqrt(var + eps).
/// </summary>
internal static class NormalizationFolding
{
    /// <summary>Folds all pairs of a model, in the model itself.</summary>
    public static void Fold(OnnxModel model)
    {
        var graph = new ValueGraph(model);
        foreach (var node in model.Proto.Graph.Node.Where(node => node.OpType == "BatchNormalization").ToList())
            if (graph.Producers.GetValueOrDefault(node.Input[0]) is { OpType: "Conv" } conv
                && graph.Readers(conv.Output[0]).Count == 1 && !model.OutputNames.Contains(conv.Output[0])
                && node.Input.Concat(conv.Input.Skip(1)).Skip(1).All(name => Floats(graph, name) is not null))
                Fold(model, graph, conv, node);
    }

    private static void Fold(OnnxModel model, ValueGraph graph, NodeProto conv, NodeProto node)
    {
        var (gamma, beta) = (Floats(graph, node.Input[1])!, Floats(graph, node.Input[2])!);
        var (mean, variance) = (Floats(graph, node.Input[3])!, Floats(graph, node.Input[4])!);
        var epsilon = AttributeValues.Read(node).Float("epsilon", 1e-5f);
        var weight = graph.Constant(conv.Input[1])!.ToFloat32();
        var (w, channels) = (weight.Values<float>().ToArray(), gamma.Length);
        var old = conv.Input.Count > 2 && conv.Input[2].Length > 0 ? Floats(graph, conv.Input[2])! : new float[channels];
        var (bias, inner) = (new float[channels], w.Length / channels);
        for (var c = 0; c < channels; c++)
        {
            var s = gamma[c] / Math.Sqrt(variance[c] + epsilon);
            bias[c] = (float)((old[c] - mean[c]) * s + beta[c]);
            for (var i = c * inner; i < (c + 1) * inner; i++)
                w[i] = (float)(w[i] * s);
        }
        var (weightName, biasName) = (Name(model, graph, conv.Input[1]), Name(model, graph, node.Input[2]));
        model.Proto.Graph.Initializer.Add(Tensor.Of<float>(weight.Shape, w).ToProto(weightName));
        model.Proto.Graph.Initializer.Add(Tensor.Vector<float>(bias).ToProto(biasName));
        var input = conv.Input[0];
        conv.Input.Clear();
        conv.Input.Add([input, weightName, biasName]);
        conv.Output[0] = node.Output[0];
        model.Proto.Graph.Node.Remove(node);
    }

    // The name that the numbers have, unless others read them, too.
    private static string Name(OnnxModel model, ValueGraph graph, string name)
    {
        if (graph.Readers(name).Count > 1 || model.Proto.Graph.Initializer.FirstOrDefault(at => at.Name == name) is not { } old)
            return $"{name}/folded{model.Proto.Graph.Initializer.Count}";
        model.Proto.Graph.Initializer.Remove(old);
        return name;
    }

    private static float[]? Floats(ValueGraph graph, string name) =>
        graph.Constant(name) is { } tensor && tensor.Type.IsFloat() ? tensor.ToFloat32().Values<float>().ToArray() : null;
}
