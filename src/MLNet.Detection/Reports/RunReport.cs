using System.Globalization;
using MLNet.Detection.Evaluation;
using MLNet.Detection.Evaluation.Masks;
using MLNet.Detection.Training;

namespace MLNet.Detection.Reports;

/// <summary>From what a training run left behind to the data of its report.</summary>
public static class RunReport
{
    /// <summary>The report of a run.</summary>
    /// <param name="result">What the run came to.</param>
    /// <param name="log">Its steps.</param>
    /// <param name="heldOut">Held-out pictures, scored.</param>
    /// <param name="settings">The settings of the run.</param>
    public static ReportData Build(
        FineTuneResult result, TrainingLog log, HeldOut heldOut, IReadOnlyList<ReportSetting> settings) =>
        Common(result, log, settings) with
    {
        Summary = Summary(result.Detector.Classes),
        Figures = Figures(log, heldOut.Analysis.Metrics),
        Metrics = Twelve(heldOut.Analysis.Metrics),
        Classes = [.. heldOut.Analysis.Metrics.PerCategory.Select(Class)],
        Analysis = heldOut.Analysis,
        Pictures = heldOut.First,
        WorstPictures = heldOut.Worst,
    };

    /// <summary>The report of a run that trained a segmentation network.</summary>
    /// <inheritdoc cref="Build(FineTuneResult, TrainingLog, HeldOut, IReadOnlyList{ReportSetting})"/>
    public static ReportData Build(
        SegmentationResult result, TrainingLog log, MaskHeldOut heldOut, IReadOnlyList<ReportSetting> settings) =>
        Common(result, log, settings) with
    {
        Summary = Summary(result.Segmenter.Classes),
        Figures = Figures(log, heldOut.Metrics),
        Metrics = OfMasks(heldOut.Metrics),
        Masks = heldOut.Metrics,
        Pictures = heldOut.First,
        WorstPictures = heldOut.Worst,
    };

    /// <summary>The numbers of a segmentation with their names.</summary>
    public static IReadOnlyList<ReportMetric> OfMasks(SegmentationMetrics m) =>
    [
        new("MeanIoU", m.MeanIoU, "mean IoU over the classes, background among them"),
        new("ForegroundIoU", m.ForegroundIoU, "mean IoU without background"),
        new("MeanDice", m.MeanDice, "mean Dice coefficient without background"),
        new("DicePerPicture", m.DicePerPicture, "Dice coefficient of all classes together, mean over the pictures"),
        new("PixelAccuracy", m.PixelAccuracy, "share of the pixels that are right"),
        new("MeanAccuracy", m.MeanAccuracy, "mean recall over the classes"),
        new("FrequencyWeightedIoU", m.FrequencyWeightedIoU, "IoU weighted by the pixels of the classes"),
        new("BoundaryF1", m.BoundaryF1, "mean F1 of the classes' boundaries"),
        .. m.Instances is not { } objects ? [] : (ReportMetric[])
        [
            new("ObjectAP", objects.AveragePrecision, "TP / (TP + FP + FN) of objects over IoU 0.50 to 0.95"),
            new("ObjectAP50", objects.AveragePrecision50, "the same at IoU 0.50"),
            new("AggregatedJaccard", objects.AggregatedJaccard, "aggregated Jaccard index of objects"),
            new("TouchingToldApart", objects.TouchingPairs == 0 ? double.NaN
                : (double)objects.PairsToldApart / objects.TouchingPairs, $"share of {objects.TouchingPairs} touching pairs told apart"),
        ],
    ];

    private static string Summary(IReadOnlyList<string> classes) =>
        $"{classes.Count} class{(classes.Count == 1 ? "" : "es")}: {string.Join(", ", classes)}.";

    private static ReportData Common(TrainingResult result, TrainingLog log, IReadOnlyList<ReportSetting> settings) => new()
    {
        Title = "Fine-tuning report",
        StepsPerEpoch = log.Steps.LastOrDefault(step => step.Epoch == 1)?.Step ?? 1,
        Losses = [new("loss", Points(log, step => step.Loss)),
            .. log.Terms.Select((name, i) => new ReportCurve(name, Points(log, step => step.Terms[i])))],
        LearningRate = Points(log, step => step.LearningRate),
        Validation = Validation(result.History),
        Settings = settings,
        Problems = [.. result.SkippedImages.Select(image => $"Skipped: {image}")],
    };

    /// <summary>The twelve COCO numbers with their names.</summary>
    public static IReadOnlyList<ReportMetric> Twelve(CocoMetrics m) =>
    [
        new("MAP50_95", m.MAP50_95, "mean AP over IoU 0.50 to 0.95"), new("MAP50", m.MAP50, "mean AP at IoU 0.50"),
        new("MAP75", m.MAP75, "mean AP at IoU 0.75"), new("MAPSmall", m.MAPSmall, "objects below 32 x 32 pixels"),
        new("MAPMedium", m.MAPMedium, "objects up to 96 x 96 pixels"), new("MAPLarge", m.MAPLarge, "larger objects"),
        new("AR1", m.AR1, "mean recall, 1 detection a picture"), new("AR10", m.AR10, "mean recall, 10 detections"),
        new("AR100", m.AR100, "mean recall, 100 detections"), new("ARSmall", m.ARSmall, "mean recall of small objects"),
        new("ARMedium", m.ARMedium, "mean recall of medium objects"),
        new("ARLarge", m.ARLarge, "mean recall of large objects"),
    ];

    private static ReportFigure[] Figures(TrainingLog log, IEpochMetrics metrics)
    {
        string Number(double value) => value.ToString("f3", CultureInfo.InvariantCulture);
        var (epochs, loss) = log.Steps.Count == 0 ? (0, "-")
            : (log.Steps[^1].Epoch, Number(log.Steps.TakeLast(20).Average(step => step.Loss)));
        return
        [
            .. metrics.Shown.Select(shown => new ReportFigure(shown.Name, Number(shown.Value), "held-out pictures")),
            new("Epochs", $"{epochs}", $"{log.Steps.LastOrDefault()?.Step ?? 0} steps"),
            new("Final loss", loss, "mean of the last 20 steps in the log"),
        ];
    }

    private static CurvePoint[] Points(TrainingLog log, Func<TrainingLogStep, double> value) =>
        [.. log.Steps.Select(step => new CurvePoint(step.Step - 1, value(step)))];

    private static ReportCurve[] Validation(IReadOnlyList<EpochSummary> history)
    {
        var measured = history.Where(epoch => epoch.Metrics is not null).ToList();
        return measured.Count == 0 ? [] : [.. measured[0].Metrics!.Shown.Select((shown, i) => new ReportCurve(shown.Name,
            [.. measured.Select(epoch => new CurvePoint(epoch.Epoch, epoch.Metrics!.Shown[i].Value))]))];
    }

    /// <summary>A category with its precision over recall at IoU 0.50.</summary>
    public static ReportClass Class(CategoryMetrics c) => new(
        c.Name, c.GroundTruths, c.AP, c.AP50, c.F1,
        [.. c.PrecisionRecall.Select(point => new CurvePoint(point.Recall, point.Precision))]);
}
