using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Models.Proto;

namespace OnnxGraphs.Surgery;

/// <summary>
/// Gives a detector another number of classes: new weights in every layer of the class head, and the shape constants
/// behind them. Layers with a box for each class, [.., 4 classes] beside [.., classes] of the same input, follow. All
/// else of the file stays as it was, its tail included; weights keep the type that they are stored in.
/// </summary>
public static class HeadReplacement
{
    /// <summary>
    /// A copy of the model whose raw class value has <paramref name="classes"/> entries on its last axis.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="raw">
    /// Name of the raw class value [batch, anchors, classes] or [places, classes], as <see cref="HeadCut.Find"/> gives
    /// it.
    /// </param>
    /// <param name="classes">The new count, a background class included where the head has one.</param>
    /// <param name="inputShapes">Shapes of the model's inputs, where the file leaves them open.</param>
    /// <param name="options">How the new weights start.</param>
    /// <exception cref="ModelException">
    /// The head's layout is not understood, or the tail does not fit the new count.
    /// </exception>
    public static OnnxModel Apply(
        OnnxModel model, string raw, int classes, IReadOnlyDictionary<string, TensorShape>? inputShapes = null,
        HeadReplacementOptions? options = null)
    {
        (options, inputShapes) = (options ?? new(), inputShapes ?? new Dictionary<string, TensorShape>());
        var copy = model.Clone();
        var head = ClassHead.Trace(copy, raw, inputShapes);
        var (weights, boxes) = (new NewWeights(copy, head.Classes, classes, options), BoxBranch.Of(copy, head));
        foreach (var branch in head.Branches)
            weights.Write(branch);
        foreach (var branch in boxes)
            weights.Write(branch);
        ShapeConstants.Rescale(copy, head, raw, classes);
        if (boxes.Count > 0 && !options.KeepsTail)
            new MapTail(model, copy, head.Feeds,
                boxes.ToDictionary(branch => branch.Layer.Output[0], branch => branch.ClassLabels)).Rescale();
        ClassLoop.Resize(copy, raw, head.Classes, classes);
        ClassCounts.Replace(copy, raw, head.Classes, classes);
        copy.Proto.Graph.ValueInfo.Clear();
        // From IR 4 on a stored tensor need not be an input as well: the new shape constants are not.
        copy.Proto.IrVersion = Math.Max(4, copy.Proto.IrVersion);
        var values = CorrectOutputs(copy, head.Feeds, raw, classes);
        if (values[raw].Shape[-1] != classes)
            throw new ModelException(
                $"{model.Path}: after new weights '{raw}' has the shape {values[raw].Shape}, expected {classes} on the "
                + "last axis.");
        if (head.Classes == 1 && options.Kept.Count > 0)
            VerifyOrder(copy, raw, classes, inputShapes);
        return copy;
    }

    /// <summary>
    /// Runs the changed model, tail and all, and corrects the declared shapes of its outputs. Returns what it computes.
    /// </summary>
    internal static IReadOnlyDictionary<string, Tensor> CorrectOutputs(
        OnnxModel model, IReadOnlyDictionary<string, Tensor> feeds, string raw, int classes)
    {
        IReadOnlyDictionary<string, Tensor> values;
        try
        {
            values = Subgraph.Run(model, feeds, [.. model.OutputNames.Append(raw).Distinct()]);
        }
        catch (ModelException error)
        {
            throw new ModelException(
                $"{model.Path}: what lies behind '{raw}' does not work with {classes} classes; cut the model there "
                + $"(name the raw values as outputs). {error.Message}", error);
        }
        foreach (var output in model.Proto.Graph.Output)
            Correct(output, values[output.Name].Shape);
        return values;
    }

    // One class tells nothing about the order of channels; new weights are laid out anchor by anchor.
    private static void VerifyOrder(
        OnnxModel model, string raw, int classes, IReadOnlyDictionary<string, TensorShape> shapes)
    {
        var head = ClassHead.Trace(model, raw, shapes);
        if (!head.Branches.All(branch => branch.AnchorMajor(classes)))
            throw new ModelException(
                $"{model.Path}: the head of '{raw}' runs over the anchors class by class; from one class none can be "
                + "kept.");
    }

    // Fixed dimensions follow the new shape; named (open) ones stay open.
    private static void Correct(ValueInfoProto output, TensorShape shape)
    {
        if (output.Type?.TensorType?.Shape is not { } declared || declared.Dim.Count != shape.Rank)
            return;
        for (var i = 0; i < shape.Rank; i++)
            if (declared.Dim[i] is { HasDimValue: true, DimValue: > 0 })
                declared.Dim[i].DimValue = shape[i];
    }
}
