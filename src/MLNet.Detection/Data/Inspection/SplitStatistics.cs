namespace MLNet.Detection.Data.Inspection;

/// <summary>The numbers of one part of a data set.</summary>
public sealed record SplitStatistics
{
    private const int Bins = 24;
    private const double LargestAspect = 3;   // 8 to 1, as a power of two

    /// <summary>The part's name; empty when there are no parts.</summary>
    public required string Name { get; init; }

    /// <summary>Images.</summary>
    public required int Images { get; init; }

    /// <summary>Images without boxes.</summary>
    public required int EmptyImages { get; init; }

    /// <summary>Boxes.</summary>
    public required int Boxes { get; init; }

    /// <summary>Boxes that stand for groups.</summary>
    public required int Crowds { get; init; }

    /// <summary>Boxes that are marked as difficult.</summary>
    public required int Difficult { get; init; }

    /// <summary>Each class.</summary>
    public required IReadOnlyList<ClassStatistics> Classes { get; init; }

    /// <summary>The side of the box's square as a part of that of the image: sqrt(w h / (W H)).</summary>
    public required IReadOnlyList<HistogramBin> RelativeSizes { get; init; }

    /// <summary>log2(w / h): 0 for squares, 1 for boxes twice as wide as high.</summary>
    public required IReadOnlyList<HistogramBin> AspectRatios { get; init; }

    /// <summary>Boxes of an image.</summary>
    public required IReadOnlyList<HistogramBin> BoxesPerImage { get; init; }

    /// <summary>Counts a part.</summary>
    /// <param name="split">The part.</param>
    /// <param name="mostBoxes">Boxes of the fullest image of all parts.</param>
    internal static SplitStatistics Of(DatasetSplit split, int mostBoxes)
    {
        var images = split.Dataset.Images;
        var boxes = images.SelectMany(image => image.Boxes, (image, box) => (Image: image, box.Box)).ToArray();
        var perBin = mostBoxes / Bins + 1;
        return new()
        {
            Name = split.Name,
            Images = images.Length,
            EmptyImages = images.Count(image => image.Boxes.Count == 0),
            Boxes = boxes.Length,
            Crowds = images.Sum(image => image.Boxes.Count(box => box.Crowd)),
            Difficult = images.Sum(image => image.Boxes.Count(box => box.Difficult)),
            Classes = ClassStatistics.Of(split.Dataset),
            RelativeSizes = HistogramBin.Of(
                boxes.Select(b => Math.Sqrt(b.Box.Area / ((double)b.Image.Width * b.Image.Height))), 0, 1, Bins),
            AspectRatios = HistogramBin.Of(
                boxes.Select(b => Math.Log2(b.Box.Width / b.Box.Height)), -LargestAspect, LargestAspect, Bins),
            BoxesPerImage = HistogramBin.Of(
                images.Select(image => (double)image.Boxes.Count), 0, perBin * (mostBoxes / perBin + 1),
                mostBoxes / perBin + 1),
        };
    }
}
