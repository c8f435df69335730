namespace MLNet.Detection.Data.Formats;

/// <summary>Counts what of a data set a format cannot hold.</summary>
internal sealed class LossCount(DetectionDataset dataset, DatasetTraits holds)
{
    private const double SameArea = 1e-3;   // relative: exporters round areas

    private IEnumerable<LabeledBox> Boxes => dataset.Images.SelectMany(image => image.Boxes);

    // What remains when the boxes that cannot be marked are left out.
    private IEnumerable<LabeledBox> Written => Boxes.Where(box => !box.Crowd || holds.HasFlag(DatasetTraits.Crowd));

    public IReadOnlyList<ConversionLoss> List() => [.. ConversionLoss.List(
        ("crowd boxes, left out", Count(DatasetTraits.Crowd, box => box.Crowd)),
        ("marks as difficult; the boxes are kept", Count(DatasetTraits.Difficult, box => box.Difficult)),
        ("areas of segmentations; those of the boxes replace them", Count(DatasetTraits.Areas, HasOwnArea)),
        ("classes without boxes", holds.HasFlag(DatasetTraits.Classes) ? 0 : UnusedClasses()),
        ("class ids", holds.HasFlag(DatasetTraits.Ids) ? 0 : ChangedClassIds()),
        ("image ids", holds.HasFlag(DatasetTraits.Ids) ? 0 : Changed(dataset.Images.Select(image => image.Id))),
        ("annotation ids", holds.HasFlag(DatasetTraits.Ids) ? 0 : Changed(Written.Select(box => box.Id))))];

    private int Count(DatasetTraits trait, Func<LabeledBox, bool> isLost) =>
        holds.HasFlag(trait) ? 0 : Boxes.Count(isLost);

    private static bool HasOwnArea(LabeledBox box)
    {
        var area = ((double)box.Box.X1 - box.Box.X0) * ((double)box.Box.Y1 - box.Box.Y0);
        return Math.Abs(box.Area - area) > SameArea * area;
    }

    private int UnusedClasses() => dataset.Categories.Length - UsedClasses().Count();

    private IEnumerable<Category> UsedClasses() =>
        Written.Select(box => box.Category).Distinct().Select(index => dataset.Categories[index]);

    // Readers count classes from 1 in the order of their names; a list of classes counts from 0.
    private int ChangedClassIds() => holds.HasFlag(DatasetTraits.Classes)
        ? dataset.Categories.Where((category, index) => category.Id != index).Count()
        : UsedClasses().OrderBy(category => category.Name, StringComparer.Ordinal)
            .Where((category, index) => category.Id != index + 1).Count();

    // Readers count images and boxes from 1.
    private static int Changed(IEnumerable<long> ids) => ids.Where((id, index) => id != index + 1).Count();
}
