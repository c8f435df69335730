using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Models.Proto;

namespace OnnxGraphs.Surgery;

/// <summary>
/// How the channels of a class head's layers map to classes, found by pushing labels through the head.
/// </summary>
/// <param name="Classes">Classes of the raw value's last axis.</param>
/// <param name="Branches">The layers, each with its channel layout.</param>
/// <param name="Feeds">Example inputs of the model.</param>
/// <param name="ClassLabels">For each branch output: a tensor whose every entry is the class of its channel.</param>
internal sealed record ClassHead(
    int Classes, IReadOnlyList<ClassBranch> Branches, IReadOnlyDictionary<string, Tensor> Feeds,
    IReadOnlyDictionary<string, Tensor> ClassLabels)
{
    public static ClassHead Trace(OnnxModel model, string raw, IReadOnlyDictionary<string, TensorShape> inputShapes)
    {
        var feeds = ExampleInputs.Zeros(model, inputShapes);
        var layers = HeadCut.Branches(model, raw);
        var outputs = layers.Select(layer => layer.Output[0]).ToList();
        var shapes = Shapes(model, outputs, inputShapes, feeds);
        var (first, labels) = (0, new Dictionary<string, Tensor>());
        foreach (var (layer, name) in layers.Zip(outputs))
        {
            labels[name] = ChannelLabels(shapes[name], ChannelAxis(layer), channel => first + channel);
            first += (int)shapes[name][ChannelAxis(layer)];
        }
        var traced = LabelRun.Push(model, With(feeds, labels), [raw])[raw];
        if (traced.Shape.Rank is not (2 or 3))
            throw new ModelException(
                $"{model.Path}: the class value '{raw}' has the shape {traced.Shape}, expected "
                + "[batch, anchors, classes] or [places, classes].");
        var classOf = ClassOfChannel(model, raw, traced, first);
        var branches = new List<ClassBranch>();
        foreach (var (layer, name) in layers.Zip(outputs))
        {
            var channels = (int)shapes[name][ChannelAxis(layer)];
            var order = classOf.AsSpan(branches.Sum(b => b.Channels), channels).ToArray();
            branches.Add(new(layer, channels, order));
            labels[name] = ChannelLabels(shapes[name], ChannelAxis(layer), channel => order[channel]);
        }
        return new((int)traced.Shape[-1], branches, feeds, labels);
    }

    /// <summary>The values that the labels give at other places of the head.</summary>
    public IReadOnlyDictionary<string, Tensor> Push(OnnxModel model, IReadOnlyList<string> values) =>
        LabelRun.Push(model, With(Feeds, ClassLabels), values);

    // Most networks need not run to tell the shapes of their layers.
    private static Dictionary<string, TensorShape> Shapes(OnnxModel model, IReadOnlyList<string> values,
        IReadOnlyDictionary<string, TensorShape> inputShapes, IReadOnlyDictionary<string, Tensor> feeds)
    {
        var traced = ShapeTrace.Of(model, values, inputShapes).Shapes;
        return values.All(traced.ContainsKey) ? values.ToDictionary(name => name, name => traced[name].Shape)
            : Subgraph.Run(model, feeds, values).ToDictionary(pair => pair.Key, pair => pair.Value.Shape);
    }

    private static int ChannelAxis(NodeProto layer) => layer.OpType is "Conv" or "ConvTranspose" ? 1 : -1;

    private static Dictionary<string, Tensor> With(
        IReadOnlyDictionary<string, Tensor> feeds, IReadOnlyDictionary<string, Tensor> labels) =>
        feeds.Concat(labels).ToDictionary();

    private static Tensor ChannelLabels(TensorShape shape, int axis, Func<int, int> label)
    {
        axis = shape.Axis(axis);
        var inner = shape.SizeOf((axis + 1)..);
        var values = new float[shape.Size];
        for (long i = 0; i < values.Length; i++)
            values[i] = label((int)(i / inner % shape[axis]));
        return Tensor.Of<float>(shape, values);
    }

    // Every channel must land on one place of the class axis.
    private static int[] ClassOfChannel(OnnxModel model, string raw, Tensor traced, int channels)
    {
        var (classes, classOf) = ((int)traced.Shape[-1], new int[channels]);
        var values = traced.Values<float>();
        Array.Fill(classOf, -1);
        for (var i = 0; i < values.Length; i++)
        {
            var channel = (int)values[i];
            if (classOf[channel] >= 0 && classOf[channel] != i % classes)
                throw new ModelException(
                    $"{model.Path}: a channel of the class head '{raw}' holds several classes; its head cannot be "
                    + "replaced.");
            classOf[channel] = i % classes;
        }
        return classOf;
    }
}
