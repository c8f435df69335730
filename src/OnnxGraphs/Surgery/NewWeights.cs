using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Models.Proto;

namespace OnnxGraphs.Surgery;

/// <summary>Weights and biases of class layers for another number of classes, in the types that the file has.</summary>
/// <param name="model">The model that is changed.</param>
/// <param name="from">Classes that it has.</param>
/// <param name="to">Classes that are wanted.</param>
/// <param name="options">How the new weights start.</param>
internal sealed class NewWeights(OnnxModel model, int from, int to, HeadReplacementOptions options)
{
    private readonly Random _random = new(options.Seed);

    // Levels of a pyramid may share their weights: those that are done are not replaced again.
    private readonly HashSet<string> _done = [];

    /// <summary>Gives a class layer its new channels.</summary>
    public void Write(ClassBranch branch)
    {
        var bias = options.Prior is { } p ? -(float)Math.Log((1 - p) / p) : 0f;
        Replace(branch.Layer, Source(branch), bias, options.WeightDeviation);
    }

    /// <summary>
    /// Gives a depthwise layer its new channels, whose filters begin as the mean of those of the old classes, and its
    /// new groups.
    /// </summary>
    public void WriteDepthwise(ClassBranch branch)
    {
        var source = Source(branch);
        Replace(branch.Layer, source, options.Prior is { } p ? -(float)Math.Log((1 - p) / p) : 0f, null);
        if (branch.Layer.Attribute.FirstOrDefault(attribute => attribute.Name == "group") is { } group)
            group.I = source.Length;
        else
            branch.Layer.Attribute.Add(new AttributeProto
                { Name = "group", Type = AttributeProto.Types.AttributeType.Int, I = source.Length });
    }

    /// <summary>Gives a normalisation its new channels, which begin as the mean of the old ones.</summary>
    public void WriteVectors(ClassBranch branch)
    {
        foreach (var name in branch.Layer.Input.Skip(1).Where(_done.Add))
            Replace(new(name, 0, true, []), Source(branch), null);
    }

    /// <summary>
    /// Gives a layer with a box for each class its new channels. New ones start with a tenth of the classes' deviation,
    /// Girshick 2015, https://arxiv.org/abs/1504.08083
    /// </summary>
    public void Write(BoxBranch boxes) => Replace(boxes.Layer,
        [.. Source(boxes.Classes).SelectMany(old => Enumerable.Range(0, 4).Select(i => old < 0 ? -1 : 4 * old + i))],
        0, options.WeightDeviation / 10);

    // For each new channel: the old one to keep, or -1 for a fresh start.
    private int[] Source(ClassBranch branch)
    {
        var (anchors, anchorMajor) = (branch.Channels / from, branch.AnchorMajor(from));
        if (!anchorMajor && !branch.ClassMajor(from))
            throw new ModelException(
                $"{model.Path}: the channels of {branch.Layer.OpType} '{branch.Layer.Output[0]}' are ordered neither "
                + "by anchor nor by class; its head cannot be replaced.");
        var source = new int[anchors * to];
        for (var channel = 0; channel < source.Length; channel++)
        {
            var (anchor, label) = anchorMajor ? (channel / to, channel % to) : (channel % anchors, channel / anchors);
            source[channel] = !options.Kept.TryGetValue(label, out var old) ? -1
                : anchorMajor ? anchor * from + old : old * anchors + anchor;
        }
        return source;
    }

    // Without a deviation new weights are the mean of the old ones.
    private void Replace(NodeProto layer, int[] source, float bias, float? deviation)
    {
        foreach (var weight in LayerWeight.Of(model, layer).ToList())
        {
            foreach (var node in weight.Scaled.Where(node => _done.Add(node.Output[0])))
                ChannelScales.Replace(model, node, source);
            if (_done.Add(weight.Name))
                Replace(weight, source, weight.IsBias ? () => bias : deviation is { } d ? () => d * (float)Normal() : null);
        }
    }

    private void Replace(LayerWeight weight, int[] source, Func<float>? fresh)
    {
        var proto = model.Initializers[weight.Name];
        var old = proto.ToTensor();
        var inner = (int)old.Shape.SizeOf((weight.Axis + 1)..);
        var (shape, rows) = (old.Shape.With(weight.Axis, source.Length), (int)old.Shape.SizeOf(..weight.Axis));
        var values = new float[shape.Size];
        for (var i = 0; i < values.Length; i++)
            if (source[i / inner % source.Length] < 0)
                values[i] = fresh?.Invoke() ?? Mean(old, weight.Axis, inner, i);
        var index = model.Proto.Graph.Initializer.IndexOf(proto);
        var bytes = new byte[shape.Size * old.Type.Size()];
        model.Proto.Graph.Initializer[index] = new Tensor(old.Type, shape, bytes).ToProto(weight.Name);
        var stored = new StoredWeights(model);
        stored.Write(weight.Name, values);
        // What is kept is kept bit for bit, not rounded again.
        var data = stored.Bytes(weight.Name);
        var run = inner * old.Type.Size();
        for (var row = 0; row < rows; row++)
            for (var channel = 0; channel < source.Length; channel++)
                if (source[channel] >= 0)
                    old.Data.AsSpan((int)(row * old.Shape[weight.Axis] + source[channel]) * run, run)
                        .CopyTo(data.AsSpan((row * source.Length + channel) * run));
        model.Proto.Graph.Initializer[index] = new Tensor(old.Type, shape, data).ToProto(weight.Name);
        Redeclare(weight.Name, shape);
    }

    // Over all channels, of the entry that a new one has at a place behind its axis.
    private static float Mean(Tensor old, int axis, int inner, int at)
    {
        var numbers = old.ToFloat32().Values<float>();
        var channels = (int)old.Shape[axis];
        var sum = 0.0;
        for (var channel = 0; channel < channels; channel++)
            sum += numbers[channel * inner + at % inner];
        return (float)(sum / channels);
    }

    // Files of IR 3 list weights as inputs, with their shapes.
    private void Redeclare(string name, TensorShape shape)
    {
        if (model.Proto.Graph.Input.FirstOrDefault(input => input.Name == name) is { } input)
            for (var i = 0; i < shape.Rank; i++)
                input.Type.TensorType.Shape.Dim[i].DimValue = shape[i];
    }

    // Box and Muller 1958.
    private double Normal() =>
        Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble())) * Math.Cos(2 * Math.PI * _random.NextDouble());
}
