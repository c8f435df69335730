using OnnxGraphs.Graphs;
using OnnxGraphs.Models;

namespace OnnxGraphs.Surgery;

/// <summary>A value where a detector can be cut for training.</summary>
/// <param name="Value">Name of the value.</param>
/// <param name="Shape">Its shape for one image; null where shapes cannot be traced.</param>
/// <param name="Role">What it seems to hold.</param>
/// <param name="Activation">The activation behind it, <c>Softmax</c> or <c>Sigmoid</c>; null where none is.</param>
/// <param name="Branches">Layers that it is laid out from.</param>
/// <param name="Outputs">The model's outputs that it flows into.</param>
/// <param name="ClassEvidence">Points for a class value, out of shape, activation and names.</param>
/// <param name="BoxEvidence">Points for a box value.</param>
public sealed record CutPoint(
    string Value, TensorShape? Shape, HeadRole Role, string? Activation, int Branches, IReadOnlyList<string> Outputs,
    int ClassEvidence, int BoxEvidence)
{
    /// <summary>The raw values that the outputs of a model are computed from.</summary>
    /// <param name="model">The model.</param>
    /// <param name="inputShapes">Shapes of the model's inputs, where the file leaves them open.</param>
    public static IReadOnlyList<CutPoint> Suggest(
        OnnxModel model, IReadOnlyDictionary<string, TensorShape>? inputShapes = null)
    {
        var graph = new ValueGraph(model);
        var reached = model.OutputNames
            .SelectMany(output => HeadCut.Reached(graph, output).Select(value => (Value: value, Output: output)))
            .GroupBy(pair => pair.Value, pair => pair.Output).ToList();
        var shapes = ShapeTrace.Of(model, [.. reached.Select(group => group.Key)], inputShapes).Shapes;
        return [.. reached.Select(raw =>
            new HeadEvidence(graph, raw.Key, shapes.GetValueOrDefault(raw.Key)?.Shape, [.. raw]).Judge())];
    }

    /// <summary>What follows one raw value, whether or not it flows into an output.</summary>
    /// <param name="model">The model.</param>
    /// <param name="value">Name of the raw value.</param>
    /// <param name="inputShapes">Shapes of the model's inputs, where the file leaves them open.</param>
    public static CutPoint At(
        OnnxModel model, string value, IReadOnlyDictionary<string, TensorShape>? inputShapes = null) =>
        Suggest(model, inputShapes).FirstOrDefault(point => point.Value == value)
            ?? new HeadEvidence(new(model), value,
                ShapeTrace.Of(model, [value], inputShapes).Shapes.GetValueOrDefault(value)?.Shape, []).Judge();

    /// <summary>Rows of the value: the places (anchors, cells, queries) of an image.</summary>
    internal long? Rows => Shape is { Rank: 3 } ? Shape[1] : null;

    /// <summary>Name, shape and role in one line.</summary>
    public override string ToString() => $"'{Value}' {Shape?.ToString() ?? "of unknown shape"} ({Role})";
}
