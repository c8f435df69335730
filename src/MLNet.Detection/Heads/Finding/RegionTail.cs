using System.Runtime.InteropServices;
using MLNet.Detection.Anchors;
using MLNet.Detection.Boxes;
using MLNet.Detection.Images;
using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Surgery;

namespace MLNet.Detection.Heads;

/// <summary>
/// What a file does with regions and with the predictions for them, found by giving it regions, logits and deltas.
/// </summary>
/// <param name="model">The model.</param>
/// <param name="input">Its image input.</param>
/// <param name="stage">Its second stage.</param>
/// <param name="classes">Columns of the class logits.</param>
/// <param name="columns">Columns of the box deltas.</param>
/// <param name="width">Width of the network's picture.</param>
/// <param name="height">Height of the network's picture.</param>
internal sealed class RegionTail(
    OnnxModel model, ImageInput input, RegionStage stage, int classes, int columns, int width, int height)
{
    /// <summary>The model.</summary>
    public OnnxModel Model => model;

    /// <summary>Its image input.</summary>
    public ImageInput Input => input;

    /// <summary>Its second stage.</summary>
    public RegionStage Stage => stage;

    /// <summary>Columns of the class logits.</summary>
    public int Classes => classes;

    /// <summary>Width and height of the network's picture.</summary>
    public (int Width, int Height) Size => (width, height);

    /// <summary>The code of the box deltas.</summary>
    /// <exception cref="ModelException">Nothing behind them decodes them as boxes of the regions.</exception>
    public BoxCoder Coder()
    {
        Box[] regions = [new(3, 2, 21, 30), new(10, 5, 18, 11), new(0, 8, 40, 24)];
        ModelException? first = null;
        foreach (var (value, _) in Tail.Decodings(model, stage.BoxDeltas, Feeds(regions, default, []))
            .Where(at => at.Shape.Size == regions.Length * columns && at.Shape[-1] == 4))
            try
            {
                return TailAnchors.ReadCode(model, value, delta => BoxConversion.ToBoxes(
                    Run(regions, [value], delta)[value].Values<float>(), BoxFormat.Xyxy)).Coder;
            }
            catch (ModelException error)
            {
                first ??= error;
            }
        throw first ?? new ModelException($"{model.Path}: nothing behind '{stage.BoxDeltas}' decodes it as {columns / 4} "
            + "boxes of each region.");
    }

    /// <summary>Values for regions.</summary>
    /// <param name="regions">The regions, in pixels of the network's picture.</param>
    /// <param name="values">Names of the values.</param>
    /// <param name="delta">The deltas of all regions and classes.</param>
    /// <param name="logits">The class logits, row by row; empty for zeros.</param>
    public IReadOnlyDictionary<string, Tensor> Run(
        Box[] regions, IReadOnlyList<string> values, BoxDelta delta = default, float[]? logits = null) =>
        Subgraph.Run(model, Feeds(regions, delta, logits ?? []), values);

    private Dictionary<string, Tensor> Feeds(Box[] regions, BoxDelta delta, float[] logits)
    {
        var deltas = new BoxDelta[regions.Length * columns / 4];
        Array.Fill(deltas, delta);
        logits = logits.Length > 0 ? logits : new float[regions.Length * classes];
        return new()
        {
            [input.Name] = input.Probe,
            [stage.Regions] = Tensor.Of<float>(new(regions.Length, 4), MemoryMarshal.Cast<Box, float>(regions)),
            [stage.ClassLogits] = Tensor.Of<float>(new(regions.Length, classes), logits),
            [stage.BoxDeltas] = Tensor.Of<float>(
                new(regions.Length, columns), MemoryMarshal.Cast<BoxDelta, float>(deltas)),
        };
    }
}
