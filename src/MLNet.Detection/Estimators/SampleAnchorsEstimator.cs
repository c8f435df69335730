using MLNet.Detection.Interop;
using MLNet.Detection.Matching;
using MLNet.Detection.Sampling;

namespace MLNet.Detection.Estimators;

/// <summary>
/// Chooses which anchors of each row take part in the loss. Replaces the matches of <see cref="MatchAnchorsEstimator"/>
/// in place: anchors that are not chosen become <see cref="Matcher.Ignored"/>. Put it between matching and
/// <see cref="EncodeLabelsEstimator"/>. What is chosen in a row depends on the seed and the row's id only.
/// </summary>
/// <example><code>
/// var detection = ml.Detection();
/// var targets = detection.MatchAnchors(anchors, resize)
///     .Append(detection.SampleAnchors(new RandomSampler(256), seed: epoch))
///     .Append(detection.EncodeLabels(anchors, resize));
/// var view = targets.Fit(data).Transform(data);
/// </code></example>
/// <param name="options">The rule, the seed and the columns.</param>
public sealed class SampleAnchorsEstimator(SampleAnchorsEstimator.Options options)
    : RowEstimator<SampleAnchorsTransformer>(new(options))
{
    /// <summary>The rule, the seed and the columns.</summary>
    public sealed record Options
    {
        /// <summary>The rule.</summary>
        public AnchorSampler Sampler { get; init; } = new RandomSampler();

        /// <summary>The same seed gives every row the same sample. Take another one in each epoch.</summary>
        public int Seed { get; init; }

        /// <summary>Vector of int, one an anchor; replaced in place.</summary>
        public string MatchedIndicesColumnName { get; init; } = TargetColumns.MatchedIndices;

        /// <summary>Vector of float, one an anchor; read by samplers that need losses.</summary>
        public string LossColumnName { get; init; } = TargetColumns.AnchorLosses;
    }
}
