using MLNet.Detection.Boxes;
using MLNet.Detection.Data;
using MLNet.Detection.Interop;
using MLNet.Detection.Matching;

namespace MLNet.Detection.Estimators;

/// <summary>
/// Writes down what every anchor must learn, from the matches of <see cref="MatchAnchorsEstimator"/>. Adds two
/// columns, by default <see cref="TargetColumns.AnchorClasses"/> (class from 0, <see cref="Matcher.Background"/> or
/// <see cref="Matcher.Ignored"/>; an anchor whose box has a missing label is ignored) and
/// <see cref="TargetColumns.AnchorBoxes"/> (deltas relative to the anchor, zeros where there is no box).
/// </summary>
/// <example><code>
/// var detection = ml.Detection();
/// var resize = new ImageResize(320, 240);
/// var targets = detection.PreprocessImage(resize)
///     .Append(detection.MatchAnchors(anchors, resize))
///     .Append(detection.EncodeLabels(anchors, resize, BoxCoder.RetinaNet));
/// var view = targets.Fit(data).Transform(data);      // has Pixels, AnchorClasses and AnchorBoxes
/// </code></example>
/// <param name="options">The anchors, the coder and the columns.</param>
public sealed class EncodeLabelsEstimator(EncodeLabelsEstimator.Options options)
    : RowEstimator<EncodeLabelsTransformer>(new(options))
{
    /// <summary>What to encode, and how.</summary>
    public sealed record Options : AnchorTargetOptions
    {
        /// <summary>How boxes are written relative to anchors; the network's decoder must use the same.</summary>
        public BoxCoder Coder { get; init; } = BoxCoder.Ssd;

        /// <summary>Vector of uint keys, one a box; key 1 is class 0.</summary>
        public string LabelColumnName { get; init; } = DetectionColumns.Label;

        /// <summary>Vector of int, one an anchor.</summary>
        public string MatchedIndicesColumnName { get; init; } = TargetColumns.MatchedIndices;

        /// <summary>The column of classes to add.</summary>
        public string ClassOutputColumnName { get; init; } = TargetColumns.AnchorClasses;

        /// <summary>The column of deltas to add.</summary>
        public string BoxOutputColumnName { get; init; } = TargetColumns.AnchorBoxes;
    }
}
