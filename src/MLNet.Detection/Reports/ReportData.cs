using MLNet.Detection.Evaluation;
using MLNet.Detection.Evaluation.Masks;

namespace MLNet.Detection.Reports;

/// <summary>All that <see cref="TrainingReport"/> shows. Whatever is left empty is left out.</summary>
public sealed record ReportData
{
    /// <summary>The heading.</summary>
    public required string Title { get; init; }

    /// <summary>A sentence under the heading.</summary>
    public string Summary { get; init; } = "";

    /// <summary>The numbers at the head: mAP50, epochs, minutes.</summary>
    public IReadOnlyList<ReportFigure> Figures { get; init; } = [];

    /// <summary>Steps in an epoch; turns the steps of curves into epochs and gives the means.</summary>
    public int StepsPerEpoch { get; init; } = 1;

    /// <summary>A curve for each loss term, X is the step from 0.</summary>
    public IReadOnlyList<ReportCurve> Losses { get; init; } = [];

    /// <summary>The learning rate, X is the step from 0.</summary>
    public IReadOnlyList<CurvePoint> LearningRate { get; init; } = [];

    /// <summary>Metrics on the validation set, X is the number of epochs done, Y 0 to 1.</summary>
    public IReadOnlyList<ReportCurve> Validation { get; init; } = [];

    /// <summary>The metrics on held-out pictures.</summary>
    public IReadOnlyList<ReportMetric> Metrics { get; init; } = [];

    /// <summary>The classes, in the order of the category indices.</summary>
    public IReadOnlyList<ReportClass> Classes { get; init; } = [];

    /// <summary>Which errors were made; classes as in <see cref="Classes"/>.</summary>
    public DetectionAnalysis? Analysis { get; init; }

    /// <summary>How well classes of pixels are found.</summary>
    public SegmentationMetrics? Masks { get; init; }

    /// <summary>Held-out pictures.</summary>
    public IReadOnlyList<ReportPicture> Pictures { get; init; } = [];

    /// <summary>The held-out pictures with the most mistakes, the worst first.</summary>
    public IReadOnlyList<ReportPicture> WorstPictures { get; init; } = [];

    /// <summary>The settings of the run.</summary>
    public IReadOnlyList<ReportSetting> Settings { get; init; } = [];

    /// <summary>Skipped images, clipped boxes and whatever else the reader should know.</summary>
    public IReadOnlyList<string> Problems { get; init; } = [];
}
