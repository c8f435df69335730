namespace MLNet.Detection.Evaluation.Masks;

/// <summary>How well the classes of pixels, and objects of them, are found.</summary>
public sealed class SegmentationMetrics : IEpochMetrics
{
    internal SegmentationMetrics(IReadOnlyList<ClassOverlap> classes, long[,] confusion, double dicePerPicture,
        InstanceMetrics? instances, int pictures) => (Classes, Confusion, DicePerPicture, Instances, Pictures) =
        (classes, confusion, dicePerPicture, instances, pictures);

    /// <summary>Background, and then each class; all pixels that count of all pictures together.</summary>
    public IReadOnlyList<ClassOverlap> Classes { get; }

    /// <summary>Pixels of a true class (row) that are said to be of another (column), in the order of
    /// <see cref="Classes"/>.</summary>
    public long[,] Confusion { get; }

    /// <summary>Mean IoU over the classes, background among them, that are true or predicted anywhere.</summary>
    public double MeanIoU => Mean(c => c.IoU);

    /// <summary>Mean IoU without background.</summary>
    public double ForegroundIoU => Mean(c => c.IoU, first: 1);

    /// <summary>Mean Dice coefficient over the classes without background.</summary>
    public double MeanDice => Mean(c => c.Dice, first: 1);

    /// <summary>Mean recall over the classes that are true anywhere.</summary>
    public double MeanAccuracy => Mean(c => c.Recall);

    /// <summary>Mean over the classes, without background, of <see cref="ClassOverlap.BoundaryF1"/>.</summary>
    public double BoundaryF1 => Mean(c => c.BoundaryF1, first: 1);

    /// <summary>Share of the pixels that are right.</summary>
    public double PixelAccuracy => (double)Classes.Sum(c => c.Common) / Classes.Sum(c => c.True);

    /// <summary>IoU of each class times its share of the true pixels.</summary>
    public double FrequencyWeightedIoU => Classes.Where(c => c.True > 0).Sum(c => c.True * c.IoU) / Classes.Sum(c => c.True);

    /// <summary>Mean over the pictures of the Dice coefficient of all classes together against background; a picture
    /// without either counts 1.</summary>
    public double DicePerPicture { get; }

    /// <summary>
    /// The class that every pixel is taken for, where more than one is true; null otherwise. A network that has trained too
    /// little answers so, and one that a loss over whole regions has driven to one class: see docs/segmentation.md.
    /// </summary>
    public string? OnlyClass => Classes.Count(c => c.True > 0) > 1 && Classes.Count(c => c.Predicted > 0) == 1
        ? Classes.Single(c => c.Predicted > 0).Name : null;

    /// <summary>How well single objects are found; null where the truth does not tell them apart.</summary>
    public InstanceMetrics? Instances { get; }

    /// <summary>Pictures that were measured.</summary>
    public int Pictures { get; }

    IReadOnlyList<(string Name, double Value)> IEpochMetrics.Shown => Instances is { } objects
        ? [("IoU", MeanIoU), ("Dice", MeanDice), ("AP", objects.AveragePrecision)] : [("IoU", MeanIoU), ("Dice", MeanDice)];

    double IEpochMetrics.Decisive => double.IsNaN(ForegroundIoU) ? 0 : ForegroundIoU;

    private double Mean(Func<ClassOverlap, double> value, int first = 0)
    {
        var values = Classes.Skip(first).Select(value).Where(v => !double.IsNaN(v)).ToList();
        return values.Count == 0 ? double.NaN : values.Average();
    }
}
