using OnnxGraphs.Graphs;
using OnnxGraphs.Models;

namespace OnnxGraphs.Surgery;

/// <summary>
/// Gives another number of classes to convolutions whose channels are a table: for each anchor of a cell some other
/// columns (box, objectness), then one a class. So are the heads of the YOLO family; where classes have convolutions of
/// their own, there are no other columns. All else of the file stays, its tail included.
/// </summary>
public static class MapClasses
{
    /// <summary>A copy of the model with new weights for the classes; the other columns keep theirs.</summary>
    /// <param name="model">The model.</param>
    /// <param name="maps">Outputs of the convolutions, [B, anchors (others + from), H, W].</param>
    /// <param name="others">Columns of an anchor before its classes.</param>
    /// <param name="from">Classes that the model has.</param>
    /// <param name="to">Classes that are wanted.</param>
    /// <param name="inputShapes">Shapes of the model's inputs.</param>
    /// <param name="options">How the new weights start.</param>
    /// <exception cref="ModelException">The layers do not fit, or the tail counts classes in a way that is not
    /// understood.</exception>
    public static OnnxModel Replace(OnnxModel model, IReadOnlyList<string> maps, int others, int from, int to,
        IReadOnlyDictionary<string, TensorShape> inputShapes, HeadReplacementOptions options)
    {
        var (copy, producers) = (model.Clone(), model.Producers);
        var feeds = ExampleInputs.Zeros(model, inputShapes);
        var (columns, labels) = (others + from, new Dictionary<string, Tensor>());
        var kept = Enumerable.Range(0, others).Select(i => KeyValuePair.Create(i, i))
            .Concat(options.Kept.Select(pair => KeyValuePair.Create(others + pair.Key, others + pair.Value)));
        var weights = new NewWeights(copy, columns, others + to, options with { Kept = kept.ToDictionary() });
        foreach (var (name, map) in Subgraph.Run(model, feeds, maps))
        {
            var channels = (int)map.Shape[1];
            if (channels % columns != 0)
                throw new ModelException($"{model.Path}: '{name}' has {channels} channels, expected a multiple of "
                    + $"{columns}: {others} columns and {from} classes for each anchor.");
            labels[name] = ChannelLabels(map.Shape, columns);
            int[] classOf = [.. Enumerable.Range(0, channels).Select(channel => channel % columns)];
            weights.Write(new ClassBranch(producers[name], channels, classOf));
        }
        copy.Proto.Graph.ValueInfo.Clear();
        // From IR 4 on a stored tensor need not be an input as well: the new shape constants are not.
        copy.Proto.IrVersion = Math.Max(4, copy.Proto.IrVersion);
        new MapTail(model, copy, feeds, labels).Rescale();
        HeadReplacement.CorrectOutputs(copy, feeds, maps[0], to);
        return copy;
    }

    private static Tensor ChannelLabels(TensorShape shape, int columns)
    {
        var (values, inner) = (new float[shape.Size], shape.SizeOf(2..));
        for (long i = 0; i < values.Length; i++)
            values[i] = i / inner % shape[1] % columns;
        return Tensor.Of<float>(shape, values);
    }
}
