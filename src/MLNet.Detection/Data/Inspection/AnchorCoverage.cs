using MLNet.Detection.Boxes;
using MLNet.Detection.Images;

namespace MLNet.Detection.Data.Inspection;

/// <summary>
/// How well a set of anchors covers the boxes of a data set, at the network's size: the best possible recall of a
/// detector whose boxes move little from their anchors. Crowds do not count.
/// </summary>
public sealed record AnchorCoverage
{
    private const int MostBoxes = 20_000;
    private const double Step = 0.05;

    /// <summary>The part of the data set that was measured.</summary>
    public required string Split { get; init; }

    /// <summary>Anchors.</summary>
    public required int Anchors { get; init; }

    /// <summary>Boxes measured: all, or of more than 20,000 every n-th.</summary>
    public required int Boxes { get; init; }

    /// <summary>The mean IoU of a box with its best anchor; null without boxes.</summary>
    public required double? MeanOverlap { get; init; }

    /// <summary>Best possible recall at IoU 0.05, 0.10, ... 0.95; empty without boxes.</summary>
    public required IReadOnlyList<CoveragePoint> Recall { get; init; }

    /// <summary>Each class.</summary>
    public required IReadOnlyList<ClassCoverage> Classes { get; init; }

    /// <summary>Best possible recall at IoU 0.5; null without boxes.</summary>
    public required double? Recall50 { get; init; }

    /// <summary>Measures anchors.</summary>
    /// <param name="split">The boxes.</param>
    /// <param name="anchors">In pixels of the network's input.</param>
    /// <param name="resize">How pictures come to the network's size.</param>
    public static AnchorCoverage Measure(DatasetSplit split, IReadOnlyList<Box> anchors, ImageResize resize)
    {
        var labels = split.Dataset.Images.SelectMany(image => image.Boxes.Where(box => !box.Crowd), (image, box) =>
            (box.Category, Box: resize.TransformFor(image.Width, image.Height).ToNetwork(box.Box))).ToArray();
        var every = (labels.Length + MostBoxes - 1) / MostBoxes;
        labels = [.. labels.Where((_, i) => i % every == 0)];
        var best = BestOverlaps([.. labels.Select(label => label.Box)], [.. anchors]);
        return new()
        {
            Split = split.Name,
            Anchors = anchors.Count,
            Boxes = labels.Length,
            MeanOverlap = Mean(best),
            Recall50 = RecallAt(0.5, best),
            Recall = [.. Enumerable.Range(1, best.Length == 0 ? 0 : 19).Select(i => i * Step)
                .Select(overlap => new CoveragePoint(overlap, RecallAt(overlap, best)!.Value))],
            Classes = [.. split.Dataset.Categories.Select((category, index) =>
            {
                float[] own = [.. best.Where((_, i) => labels[i].Category == index)];
                return new ClassCoverage(category.Name, own.Length, RecallAt(0.5, own), Mean(own));
            })],
        };
    }

    private static float[] BestOverlaps(Box[] boxes, Box[] anchors)
    {
        var best = new float[boxes.Length];
        if (anchors.Length == 0)
            return best;
        var columns = new BoxColumns(anchors);
        Parallel.For(0, boxes.Length, () => new float[anchors.Length], (i, _, row) =>
        {
            columns.IntersectionOverUnion(boxes[i], row);
            best[i] = row.Max();
            return row;
        }, _ => { });
        return best;
    }

    private static double? RecallAt(double overlap, float[] best) =>
        best.Length == 0 ? null : best.Count(value => value >= overlap - 1e-6) / (double)best.Length;

    private static double? Mean(float[] values) =>
        values.Length == 0 ? null : values.Average(value => (double)value);
}
