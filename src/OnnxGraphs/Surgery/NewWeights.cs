using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Models.Proto;

namespace OnnxGraphs.Surgery;

/// <summary>Weights and bias of one class layer for another number of classes.</summary>
internal static class NewWeights
{
    // Levels of a pyramid may share their weights: those that are done are not replaced again.
    public static void Write(OnnxModel model, ClassBranch branch, int from, int to, HeadReplacementOptions options,
        Random random, HashSet<string> done)
    {
        if (!branch.AnchorMajor(from) && !branch.ClassMajor(from))
            throw new ModelException(
                $"{model.Path}: the channels of {branch.Layer.OpType} '{branch.Layer.Output[0]}' are ordered neither "
                + "by anchor nor by class; its head cannot be replaced.");
        var source = Source(branch, from, to, options.Kept);
        var bias = options.Prior is { } p ? -(float)Math.Log((1 - p) / p) : 0f;
        var open = Stored(model, branch.Layer).Where(tensor => done.Add(tensor.Name)).ToList();
        foreach (var (name, axis, isBias) in open)
            Replace(model, name, axis, source, () => isBias ? bias : options.WeightDeviation * (float)Normal(random));
    }

    // For each new channel: the old one to keep, or -1 for a fresh start.
    private static int[] Source(ClassBranch branch, int from, int to, IReadOnlyDictionary<int, int> kept)
    {
        var (anchors, anchorMajor) = (branch.Channels / from, branch.AnchorMajor(from));
        var source = new int[anchors * to];
        for (var channel = 0; channel < source.Length; channel++)
        {
            var (anchor, label) = anchorMajor ? (channel / to, channel % to) : (channel % anchors, channel / anchors);
            source[channel] = !kept.TryGetValue(label, out var old) ? -1
                : anchorMajor ? anchor * from + old : old * anchors + anchor;
        }
        return source;
    }

    // Initializers of the layer with the axis that holds its output channels.
    private static IEnumerable<(string Name, int Axis, bool IsBias)> Stored(OnnxModel model, NodeProto layer)
    {
        var stored = model.Initializers.Keys.ToHashSet();
        if (layer.OpType == "Add")
        {
            yield return (layer.Input.First(stored.Contains), -1, true);
            layer = model.Producers[layer.Input.First(input => !stored.Contains(input))];
        }
        var transposed = layer.OpType == "Gemm" && layer.Attribute.FirstOrDefault(a => a.Name == "transB")?.I == 1;
        var axis = layer.OpType == "Conv" || transposed ? 0 : layer.OpType == "ConvTranspose" ? 1 : -1;
        yield return (layer.Input[1], axis, false);
        if (layer.Input.Count > 2 && layer.Input[2].Length > 0)
            yield return (layer.Input[2], -1, true);
    }

    private static void Replace(OnnxModel model, string name, int axis, int[] source, Func<float> fresh)
    {
        var proto = model.Proto.Graph.Initializer.FirstOrDefault(tensor => tensor.Name == name)
            ?? throw new ModelException(
                $"{model.Path}: '{name}' of the class head is not stored in the file; its head cannot be replaced.");
        var old = proto.ToTensor();
        axis = old.Shape.Axis(axis);
        var inner = (int)old.Shape.SizeOf((axis + 1)..);
        var outer = (int)old.Shape.SizeOf(..axis);
        var (values, shape) = (new float[outer * source.Length * inner], old.Shape.With(axis, source.Length));
        for (var o = 0; o < outer; o++)
            for (var channel = 0; channel < source.Length; channel++)
                for (var i = 0; i < inner; i++)
                    values[(o * source.Length + channel) * inner + i] = source[channel] < 0 ? fresh()
                        : old.Values<float>()[(int)((o * old.Shape[axis] + source[channel]) * inner + i)];
        var index = model.Proto.Graph.Initializer.IndexOf(proto);
        model.Proto.Graph.Initializer[index] = Tensor.Of<float>(shape, values).ToProto(name);
        Redeclare(model, name, shape);
    }

    // Files of IR 3 list weights as inputs, with their shapes.
    private static void Redeclare(OnnxModel model, string name, TensorShape shape)
    {
        if (model.Proto.Graph.Input.FirstOrDefault(input => input.Name == name) is { } input)
            for (var i = 0; i < shape.Rank; i++)
                input.Type.TensorType.Shape.Dim[i].DimValue = shape[i];
    }

    // Box and Muller 1958.
    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
