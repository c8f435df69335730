using MLNet.Detection.Boxes;
using OnnxGraphs.Graphs;
using OnnxGraphs.Models;

namespace MLNet.Detection.Heads;

/// <summary>What a file's tail makes of regions.</summary>
/// <param name="Names">The outputs.</param>
/// <param name="BackgroundLast">Whether background is the last class column.</param>
/// <param name="ScaleX">Pixels of the network's picture for one of the input, across.</param>
/// <param name="ScaleY">The same downwards.</param>
internal sealed record RegionOutputs(DetectionOutputs Names, bool BackgroundLast, float ScaleX, float ScaleY)
{
    /// <summary>
    /// Finds it: regions that are surely of the first, the second and the last class column are given, and it is seen
    /// which
    /// of them come out.
    /// </summary>
    /// <exception cref="ModelException">The file does not give boxes, labels and scores of them.</exception>
    public static RegionOutputs Of(RegionTail tail)
    {
        var (model, classes, (width, height)) = (tail.Model, tail.Classes, tail.Size);
        Box[] regions = [.. Enumerable.Range(0, 3).Select(i =>
            new Box((0.02f + 0.16f * i) * width, 0.05f * height, (0.14f + 0.16f * i) * width, 0.45f * height))];
        int[] column = [0, 1, classes - 1];
        var logits = new float[3 * classes];
        for (var i = 0; i < 3; i++)
            logits[i * classes + column[i]] = 20;
        var run = tail.Run(regions, model.OutputNames, logits: logits);
        string Output(string what, Func<Tensor, bool> fits) => model.OutputNames.FirstOrDefault(name => fits(run[name]))
            ?? throw new ModelException($"{model.Path}: of regions whose classes are certain, no output gives {what}; its "
                + "outputs are " + string.Join(", ", model.OutputNames.Select(name =>
                    $"'{name}' {run[name].Type} {run[name].Shape}")) + ".");
        var labels = Output("the labels", value => value.Type is ElementType.Int64 or ElementType.Int32
            && value.Shape.Rank == 1 && value.Shape.Size > 0);
        var found = run[labels].ToInt64();
        var boxes = Output("the boxes", value => value.Type == ElementType.Float32
            && value.Shape == new TensorShape(found.Length, 4));
        bool IsScore(Tensor value) => value.Type == ElementType.Float32
            && value.Shape == new TensorShape(found.Length) && value.Values<float>().ToArray().All(score => score > 0.9f);
        Output("the scores", IsScore);
        var scores = Probabilities(tail, regions, column, [.. model.OutputNames.Where(name => IsScore(run[name]))]);
        return Read(tail, regions, column, BoxConversion.ToBoxes(run[boxes].Values<float>(), BoxFormat.Xyxy), found,
            (boxes, labels, scores));
    }

    // A power of what is nearly one is nearly one: it must be the probability of less certain regions, too.
    private static string Probabilities(RegionTail tail, Box[] regions, int[] column, string[] outputs)
    {
        const float certain = 0.7f;
        var logits = new float[regions.Length * tail.Classes];
        for (var i = 0; i < regions.Length; i++)
            logits[i * tail.Classes + column[i]] = MathF.Log(certain * (tail.Classes - 1) / (1 - certain));
        var run = tail.Run(regions, outputs, logits: logits);
        float Best(string name) => run[name].Shape.Size == 0 ? float.NaN : run[name].Values<float>().ToArray().Max();
        return outputs.FirstOrDefault(name => !(Math.Abs(Best(name) - certain) > 0.01f)) ?? throw new ModelException(
            FormattableString.Invariant($"{tail.Model.Path}: of regions with a probability of {certain} the output '{outputs[0]}' ")
            + FormattableString.Invariant($"gives the score {Best(outputs[0]):G4}; export the model with the probabilities as scores."));
    }

    private static RegionOutputs Read(RegionTail tail, Box[] regions, int[] column, Box[] boxes, long[] labels,
        (string Boxes, string Labels, string Scores) names)
    {
        // From left to right, as the regions lie; background does not come out.
        int[] order = [.. Enumerable.Range(0, boxes.Length).OrderBy(i => boxes[i].X0)];
        var (backgroundLast, shown) = boxes.Length switch
        {
            2 when boxes[order[0]].X0 * 5 > boxes[order[1]].X0 * 1.5f => (false, (int[])[1, 2]),
            2 => (true, [0, 1]),
            1 when tail.Classes == 2 && boxes[0].X0 / boxes[0].Width < 0.7f => (true, [0]),
            _ => throw new ModelException($"{tail.Model.Path}: three regions that are certain of the class columns "
                + $"{string.Join(", ", column)} give {boxes.Length} boxes; expected that exactly one column, the first or "
                + "the last, is background."),
        };
        var (left, from) = (boxes[order[0]], regions[shown[0]]);
        DemandPixels(tail, names.Boxes, left, from);
        var first = (int)labels[order[0]] - (backgroundLast ? column[shown[0]] : column[shown[0]] - 1);
        return new(new(names.Boxes, names.Labels, names.Scores, first), backgroundLast,
            Scale(from.Width / left.Width, tail.Input.Width), Scale(from.Height / left.Height, tail.Input.Height));
    }

    // Whatever the sizes of picture and network are, a scale that differs much across and downwards is an axis for the other.
    private static void DemandPixels(RegionTail tail, string output, Box box, Box region)
    {
        var turned = region.Width / box.Width / (region.Height / box.Height);
        var what = box is { X1: <= 1, Y1: <= 1 } ? "parts of the picture" : turned is > 1f / 3 and < 3 ? null : "the y axis first";
        if (what is not null)
            throw new ModelException($"{tail.Model.Path}: the output '{output}' gives {what}, expected pixels x0, y0, x1, y1: of the "
                + FormattableString.Invariant($"region [{region.X0:G4}, {region.Y0:G4}, {region.X1:G4}, {region.Y1:G4}] ")
                + FormattableString.Invariant($"it is [{box.X0:G4}, {box.Y0:G4}, {box.X1:G4}, {box.Y1:G4}]. Export the model with ")
                + "such boxes, and leave another form to the program that reads them.");
    }

    // The picture in the network has whole pixels.
    private static float Scale(float measured, int size) => MathF.Round(measured * size) / size;
}
