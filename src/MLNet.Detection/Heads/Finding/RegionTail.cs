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
    // Sizes of the regions that are tried for each step towards a border between two maps.
    private const int Tried = 600;

    /// <summary>The code of the box deltas.</summary>
    /// <exception cref="ModelException">Nothing behind them decodes them as boxes of the regions.</exception>
    public BoxCoder Coder()
    {
        Box[] regions = [new(3, 2, 21, 30), new(10, 5, 18, 11), new(0, 8, 40, 24)];
        var feeds = Feeds(regions, new float[regions.Length * classes], default);
        ModelException? first = null;
        foreach (var (value, _) in Tail.Decodings(model, stage.BoxDeltas, feeds)
            .Where(at => at.Shape.Size == regions.Length * columns && at.Shape[-1] == 4))
            try
            {
                return TailAnchors.ReadCode(model, value, delta => BoxConversion.ToBoxes(
                    Subgraph.Run(model, Feeds(regions, new float[regions.Length * classes], delta), [value])[value]
                        .Values<float>(), BoxFormat.Xyxy)).Coder;
            }
            catch (ModelException error)
            {
                first ??= error;
            }
        throw first ?? new ModelException($"{model.Path}: nothing behind '{stage.BoxDeltas}' decodes it as {columns / 4} "
            + "boxes of each region.");
    }

    /// <summary>The maps with the sizes of their regions.</summary>
    /// <exception cref="ModelException">The choice of a region's map does not follow from its area.</exception>
    public IReadOnlyList<RegionLevel> Levels()
    {
        if (stage.Pools.Count == 1)
            return [new(stage.Pools[0].Value, stage.Pools[0].Map, 0)];
        float[] sizes = [.. Enumerable.Range(0, Tried).Select(i => MathF.Pow(8192, i / (Tried - 1f)))];
        if (LevelsOf(sizes, 4).Zip(LevelsOf(sizes, 1)).Count(pair => pair.First != pair.Second) > stage.Pools.Count)
            throw new ModelException($"{model.Path}: the map of a region follows from more than its area; such a choice "
                + "cannot be trained.");
        for (var turn = 0; turn < 2; turn++)
            sizes = [.. Borders(sizes).Where(border => border.Above < float.PositiveInfinity)
                .SelectMany(border => Enumerable.Range(0, Tried).Select(i =>
                    border.Below + (border.Above - border.Below) * i / (Tried - 1f))).Distinct().Order()];
        var borders = Borders(sizes);
        // Of maps of one size torchvision looks at the first alone.
        return [.. stage.Pools.Select((pool, i) => new RegionLevel(pool.Value, pool.Map, i == 0 ? 0 : borders[i - 1].Above))
            .Where(level => level.From < float.PositiveInfinity)];
    }

    /// <summary>
    /// The file's outputs, its background column and the scale of its boxes: regions that are surely of the first, the
    /// second and the last class column are given, and it is seen which of them come out.
    /// </summary>
    /// <exception cref="ModelException">The file does not give boxes, labels and scores of them.</exception>
    public RegionOutputs Outputs()
    {
        Box[] regions = [.. Enumerable.Range(0, 3).Select(i =>
            new Box((0.02f + 0.16f * i) * width, 0.05f * height, (0.14f + 0.16f * i) * width, 0.45f * height))];
        int[] column = [0, 1, classes - 1];
        var logits = new float[3 * classes];
        for (var i = 0; i < 3; i++)
            logits[i * classes + column[i]] = 20;
        var run = Subgraph.Run(model, Feeds(regions, logits, default), model.OutputNames);
        string Output(string what, Func<Tensor, bool> fits) => model.OutputNames.FirstOrDefault(name => fits(run[name]))
            ?? throw new ModelException($"{model.Path}: of regions whose classes are certain, no output gives {what}; its "
                + $"outputs are {string.Join(", ", model.OutputNames.Select(name => $"'{name}' {run[name].Type} {run[name].Shape}"))}.");
        var labels = Output("the labels", value => value.Type is ElementType.Int64 or ElementType.Int32
            && value.Shape.Rank == 1 && value.Shape.Size > 0);
        var found = run[labels].ToInt64();
        var boxes = Output("the boxes", value => value.Type == ElementType.Float32
            && value.Shape == new TensorShape(found.Length, 4));
        var scores = Output("the scores", value => value.Type == ElementType.Float32
            && value.Shape == new TensorShape(found.Length) && value.Values<float>().ToArray().All(score => score > 0.9f));
        return Read(regions, column, BoxConversion.ToBoxes(run[boxes].Values<float>(), BoxFormat.Xyxy), found,
            (boxes, labels, scores));
    }

    private RegionOutputs Read(Box[] regions, int[] column, Box[] boxes, long[] labels,
        (string Boxes, string Labels, string Scores) names)
    {
        // From left to right, as the regions lie; background does not come out.
        int[] order = [.. Enumerable.Range(0, boxes.Length).OrderBy(i => boxes[i].X0)];
        var (backgroundLast, shown) = boxes.Length switch
        {
            2 when boxes[order[0]].X0 * 5 > boxes[order[1]].X0 * 1.5f => (false, (int[])[1, 2]),
            2 => (true, [0, 1]),
            1 when classes == 2 && boxes[0].X0 / boxes[0].Width < 0.7f => (true, [0]),
            _ => throw new ModelException($"{model.Path}: three regions that are certain of the class columns "
                + $"{string.Join(", ", column)} give {boxes.Length} boxes; expected that exactly one column, the first or "
                + "the last, is background."),
        };
        var (left, from) = (boxes[order[0]], regions[shown[0]]);
        var first = (int)labels[order[0]] - (backgroundLast ? column[shown[0]] : column[shown[0]] - 1);
        return new(new(names.Boxes, names.Labels, names.Scores, first), backgroundLast,
            Scale(from.Width / left.Width, input.Width), Scale(from.Height / left.Height, input.Height));
    }

    // The picture in the network has whole pixels.
    private static float Scale(float measured, int size) => MathF.Round(measured * size) / size;

    // Between which sizes each later map begins.
    private (float Below, float Above)[] Borders(float[] sizes)
    {
        var levels = LevelsOf(sizes, 1);
        if (levels.Zip(levels.Skip(1)).Any(pair => pair.First > pair.Second))
            throw new ModelException($"{model.Path}: larger regions belong to earlier maps; such a choice cannot be trained.");
        return [.. Enumerable.Range(1, stage.Pools.Count - 1).Select(level => Array.FindIndex(levels, l => l >= level) switch
        {
            < 0 => (0, float.PositiveInfinity), 0 => (0, sizes[0]), var at => (sizes[at - 1], sizes[at]),
        })];
    }

    // The map of regions whose area has these roots, wider than high by a factor.
    private int[] LevelsOf(float[] sizes, float aspect)
    {
        var stretch = MathF.Sqrt(aspect);
        Box[] regions = [.. sizes.Select(size => new Box(0, 0, size * stretch, size / stretch))];
        string[] values = [.. stage.Pools.Select(pool => model.Producers[pool.Value].Input[1])];
        var run = Subgraph.Run(model, Feeds(regions, new float[regions.Length * classes], default), values);
        var (place, levels) = (regions.Index().ToDictionary(region => region.Item.X1, region => region.Index),
            new int[regions.Length]);
        foreach (var (level, value) in values.Index())
            foreach (var box in BoxConversion.ToBoxes(run[value].Values<float>(), BoxFormat.Xyxy))
                levels[place.TryGetValue(box.X1, out var at) ? at : throw new ModelException(
                    $"{model.Path}: the regions that '{stage.Pools[level].Value}' looks at are not those of "
                    + $"'{stage.Regions}'.")] = level;
        return levels;
    }

    private Dictionary<string, Tensor> Feeds(Box[] regions, float[] logits, BoxDelta delta)
    {
        var deltas = new BoxDelta[regions.Length * columns / 4];
        Array.Fill(deltas, delta);
        return new()
        {
            [input.Name] = input.Probe,
            [stage.Regions] = Tensor.Of<float>(new(regions.Length, 4), MemoryMarshal.Cast<Box, float>(regions)),
            [stage.ClassLogits] = Tensor.Of<float>(new(regions.Length, classes), logits),
            [stage.BoxDeltas] = Tensor.Of<float>(new(regions.Length, columns), MemoryMarshal.Cast<BoxDelta, float>(deltas)),
        };
    }
}
