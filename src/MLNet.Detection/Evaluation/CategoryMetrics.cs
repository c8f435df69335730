namespace MLNet.Detection.Evaluation;

/// <summary>COCO metrics of one category (all object sizes, 100 detections a picture).</summary>
/// <param name="CategoryId">The category; -1 stands for all when categories are not told apart.</param>
/// <param name="GroundTruths">Objects to be found, crowds not counted.</param>
/// <param name="AP">Mean average precision over the IoU thresholds 0.50 to 0.95; -1 without ground truths.</param>
/// <param name="AP50">Average precision at IoU 0.50; -1 without ground truths.</param>
/// <param name="AP75">Average precision at IoU 0.75; -1 without ground truths.</param>
/// <param name="AR100">Mean recall over the IoU thresholds; -1 without ground truths.</param>
/// <param name="PrecisionRecall">At IoU 0.50, one point a score, scores falling; not interpolated.</param>
public sealed record CategoryMetrics(
    long CategoryId, int GroundTruths, double AP, double AP50, double AP75, double AR100,
    IReadOnlyList<PrecisionRecallPoint> PrecisionRecall)
{
    /// <summary>The category's name; empty where the evaluation was given numbers only.</summary>
    public string Name { get; init; } = "";

    /// <summary>The point of <see cref="PrecisionRecall"/> with the highest F1, the higher score among equals; null
    /// without detections or ground truths.</summary>
    public PrecisionRecallPoint? Best { get; } = PrecisionRecall.Count > 0 ? PrecisionRecall.MaxBy(p => p.F1) : null;

    /// <summary>The highest F1 at IoU 0.50; 0 without detections, -1 without ground truths.</summary>
    public double F1 => GroundTruths == 0 ? -1 : Best?.F1 ?? 0;

    /// <summary>The score threshold that reaches <see cref="F1"/>; NaN where there is none.</summary>
    public double BestThreshold => Best?.Score ?? double.NaN;
}
