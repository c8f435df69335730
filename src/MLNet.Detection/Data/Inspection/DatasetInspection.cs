namespace MLNet.Detection.Data.Inspection;

/// <summary>
/// A data set in numbers, and what may be wrong with it: the look that is worth taking before any training.
/// <see cref="Reports.DatasetReport"/> shows it.
/// </summary>
public sealed record DatasetInspection
{
    /// <summary>The parts.</summary>
    public required IReadOnlyList<SplitStatistics> Splits { get; init; }

    /// <summary>What may be wrong.</summary>
    public required IReadOnlyList<Suspicion> Suspicions { get; init; }

    /// <summary>How well anchors cover each part; empty when none were given.</summary>
    public required IReadOnlyList<AnchorCoverage> Anchors { get; init; }

    /// <summary>Inspects a data set.</summary>
    /// <param name="splits">Its parts; a single one where it has none.</param>
    /// <param name="options">What to look at; null for the defaults.</param>
    /// <exception cref="ArgumentException">Anchors are given without the way to the network's size.</exception>
    public static DatasetInspection Of(IReadOnlyList<DatasetSplit> splits, InspectionOptions? options = null)
    {
        options ??= new();
        if (options is { Anchors: not null, Resize: null })
            throw new ArgumentException(
                $"{nameof(InspectionOptions.Anchors)} are in pixels of the network's input; say with "
                + $"{nameof(InspectionOptions.Resize)} how pictures come there.", nameof(options));
        splits = SameClasses(splits);
        var mostBoxes = splits.SelectMany(split => split.Dataset.Images)
            .Select(image => image.Boxes.Count).DefaultIfEmpty().Max();
        using var pictures = new PictureCheck(options.DecodePictures);
        return new()
        {
            Splits = [.. splits.Select(split => SplitStatistics.Of(split, mostBoxes))],
            Suspicions = [.. splits.SelectMany(split => new LabelCheck(split, options).Find()
                .Concat(options.ReadPictures ? pictures.Find(split) : []))],
            Anchors = options is { Anchors: { } anchors, Resize: { } resize }
                ? [.. splits.Select(split => AnchorCoverage.Measure(split, anchors, resize))] : [],
        };
    }

    /// <summary>
    /// Parts that list their classes in another order, or lack some, with the same ones: those of the first part, then
    /// those that only later ones have.
    /// </summary>
    public static IReadOnlyList<DatasetSplit> SameClasses(IReadOnlyList<DatasetSplit> splits)
    {
        var classes = ClassSelection.Union(splits.Select(split => split.Dataset));
        return [.. splits.Select(
            split => split with { Dataset = new ClassSelection(split.Dataset, classes).Apply() })];
    }
}
