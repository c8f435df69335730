using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Models.Proto;
using OnnxGraphs.Surgery;

namespace OnnxGraphs.Quantization;

/// <summary>
/// Files of the QDQ form whose grids of activations are trained (learnt step size quantisation, Esser et al. 2020,
/// https://arxiv.org/abs/1902.08153). Each scale s becomes s = s0 t with a weight t that starts at 1, so that one learning
/// rate suits scales of any size; zero points and the grids of weights stay.
/// </summary>
public static class LearntRanges
{
    /// <summary>Glob of the names of the weights t.</summary>
    public const string Weights = "*" + Factor;

    private const string Factor = "/learnt", Start = "/start";

    /// <summary>Names of the weights t of an opened model.</summary>
    public static IReadOnlyList<string> Of(OnnxModel model) => [.. model.Proto.Graph.Initializer
        .Select(tensor => tensor.Name).Where(name => name.EndsWith(Factor, StringComparison.Ordinal))];

    /// <summary>The model with a weight for each scale of an activation; pairs with one scale share it.</summary>
    /// <exception cref="ModelException">It has no pair of QuantizeLinear and DequantizeLinear around an activation, or some
    /// with a scale for each channel.</exception>
    public static OnnxModel Open(OnnxModel model)
    {
        var copy = model.Clone();
        var (graph, stored) = (copy.Proto.Graph, copy.Initializers);
        var scales = graph.Node.Where(node => node.OpType == "QuantizeLinear" && !stored.ContainsKey(node.Input[0]))
            .Select(node => node.Input[1]).Distinct().Where(stored.ContainsKey).ToList();
        if (scales.Count == 0)
            throw new ModelException($"{model.Path}: no activation is rounded by a stored scale, so no range can be learnt; "
                + "quantise the model first.");
        foreach (var name in scales)
        {
            var scale = stored[name].ToTensor();
            if (scale.Shape.Size != 1)
                throw new ModelException($"{model.Path}: the scale '{name}' of an activation has {scale.Shape.Size} numbers; "
                    + "ranges are learnt where it has one. Leave them fixed.");
            stored[name].Name = name + Start;
            graph.Initializer.Add(Tensor.Scalar(ElementType.Float32, 1).ToProto(name + Factor));
            graph.Node.Insert(0, new NodeProto { OpType = "Mul", Input = { name + Start, name + Factor }, Output = { name } });
        }
        return copy;
    }

    /// <summary>The model with the scales that were learnt, and biases at the scales of the new products; itself where it was
    /// not opened.</summary>
    /// <exception cref="ModelException">A scale came to 0 or below.</exception>
    public static OnnxModel Close(OnnxModel model)
    {
        if (Of(model) is not { Count: > 0 } factors)
            return model;
        var copy = model.Clone();
        var (graph, stored) = (copy.Proto.Graph, copy.Initializers);
        foreach (var factor in factors)
        {
            var name = factor[..^Factor.Length];
            var (start, learnt) = (stored[name + Start].ToTensor(), stored[factor].ToTensor().Values<float>()[0]);
            if (!(learnt > 0 && float.IsFinite(learnt)))
                throw new ModelException($"{model.Path}: the scale '{name}' came to {learnt} of what it was in training; take a "
                    + "lower learning rate, or leave ranges fixed.");
            graph.Initializer.Remove(stored[name + Start]);
            graph.Initializer.Remove(stored[factor]);
            graph.Node.Remove(graph.Node.First(node => node.Output[0] == name));
            graph.Initializer.Add(Tensor.Of<float>(start.Shape, [start.Values<float>()[0] * learnt]).ToProto(name));
        }
        BringBiases(copy);
        return copy;
    }

    // Integer kernels take the scale of a bias to be that of the products, whatever the file says.
    private static void BringBiases(OnnxModel model)
    {
        var (producers, stored, weights) = (model.Producers, model.Initializers, new StoredWeights(model));
        foreach (var layer in model.Proto.Graph.Node.Where(node => node.OpType is "Conv" or "Gemm" && node.Input.Count > 2))
            if (Pair(layer.Input[0]) is { } input && Pair(layer.Input[1]) is { } weight && Pair(layer.Input[2]) is { } bias
                && stored.TryGetValue(bias.Input[0], out var whole) && whole.DataType == (int)ElementType.Int32)
            {
                var (values, factor) = (weights.Read(bias.Input[0]), stored[input.Input[1]].ToTensor().Values<float>()[0]);
                var (scales, old) = (stored[weight.Input[1]].ToTensor().Values<float>().ToArray(), stored[bias.Input[1]].ToTensor());
                float[] products = [.. Enumerable.Range(0, (int)old.Shape.Size)
                    .Select(i => factor * scales[Math.Min(i, scales.Length - 1)])];
                model.Proto.Graph.Initializer[model.Proto.Graph.Initializer.IndexOf(stored[bias.Input[1]])] =
                    Tensor.Of<float>(old.Shape, products).ToProto(bias.Input[1]);
                new StoredWeights(model).Write(bias.Input[0], values);
            }

        NodeProto? Pair(string value) => producers.TryGetValue(value, out var node) && node.OpType == "DequantizeLinear"
            && stored.ContainsKey(node.Input[1]) ? node : null;
    }
}
