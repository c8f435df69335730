using MLNet.Detection.Data;
using MLNet.Detection.Interop;
using MLNet.Detection.Scoring;

namespace MLNet.Detection.Estimators;

/// <summary>
/// Leaves one of several detections of the same object. Replaces the columns of labels, boxes and scores in place, by
/// default those of <see cref="PredictionColumns"/>; what stays is in the order of falling score, and labels keep their
/// names. See <see cref="GreedySuppression"/>, <see cref="SoftNonMaxSuppression"/>,
/// <see cref="MatrixNonMaxSuppression"/> and <see cref="WeightedBoxFusion"/>.
/// </summary>
/// <example><code>
/// var merge = ml.Detection().NonMaxSuppression(new NonMaxSuppressionEstimator.Options
/// {
///     Suppression = new GreedySuppression(0.6f) { ClassAgnostic = true },
/// });
/// var fewer = merge.Fit(scored).Transform(scored);
/// </code></example>
/// <param name="options">The rule and the columns.</param>
public sealed class NonMaxSuppressionEstimator(NonMaxSuppressionEstimator.Options options)
    : RowEstimator<NonMaxSuppressionTransformer>(new(options))
{
    /// <summary>The rule and the columns.</summary>
    public sealed record Options
    {
        /// <summary>The rule.</summary>
        public Suppression Suppression { get; init; } = new GreedySuppression();

        /// <summary>Vector of uint keys, one an object.</summary>
        public string PredictedLabelColumnName { get; init; } = PredictionColumns.PredictedLabel;

        /// <summary>Vector of float: x0, y0, x1, y1 of each object.</summary>
        public string PredictedBoundingBoxColumnName { get; init; } = PredictionColumns.PredictedBoundingBoxes;

        /// <summary>Vector of float, one an object.</summary>
        public string ScoreColumnName { get; init; } = PredictionColumns.Score;
    }
}
