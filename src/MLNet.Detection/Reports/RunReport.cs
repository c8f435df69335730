using System.Globalization;
using MLNet.Detection.Evaluation;
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
        FineTuneResult result, TrainingLog log, HeldOut heldOut, IReadOnlyList<ReportSetting> settings) => new()
    {
        Title = "Fine-tuning report",
        Summary = $"{result.Detector.Classes.Count} classes: {string.Join(", ", result.Detector.Classes)}.",
        Figures = Figures(log, heldOut.Analysis.Metrics),
        StepsPerEpoch = log.Steps.LastOrDefault(step => step.Epoch == 1)?.Step ?? 1,
        Losses = [new("loss", Points(log, step => step.Loss)),
            .. log.Terms.Select((name, i) => new ReportCurve(name, Points(log, step => step.Terms[i])))],
        LearningRate = Points(log, step => step.LearningRate),
        Validation = Validation(result.History),
        Metrics = Twelve(heldOut.Analysis.Metrics),
        Classes = [.. heldOut.Analysis.Metrics.PerCategory.Select(Class)],
        Analysis = heldOut.Analysis,
        Pictures = heldOut.First,
        WorstPictures = heldOut.Worst,
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

    private static ReportFigure[] Figures(TrainingLog log, CocoMetrics metrics)
    {
        string Number(double value) => value.ToString("f3", CultureInfo.InvariantCulture);
        var (epochs, loss) = log.Steps.Count == 0 ? (0, "-")
            : (log.Steps[^1].Epoch, Number(log.Steps.TakeLast(20).Average(step => step.Loss)));
        return
        [
            new("mAP50", Number(metrics.MAP50), "held-out pictures"),
            new("mAP50-95", Number(metrics.MAP50_95), "held-out pictures"),
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
