using MLNet.Detection.Data;
using MLNet.Detection.Interop;
using MLNet.Detection.Matching;

namespace MLNet.Detection.Estimators;

/// <summary>
/// Decides for every anchor which box of its row it must learn. Adds one column, by default
/// <see cref="TargetColumns.MatchedIndices"/>: per anchor the index of a box, <see cref="Matcher.Background"/> or
/// <see cref="Matcher.Ignored"/>. Boxes marked as crowd or difficult and boxes without area are never matched;
/// background anchors inside the marked ones are ignored.
/// </summary>
/// <example><code>
/// var data = ml.Detection().LoadFromCoco("train.json", "images");
/// var anchors = AnchorFile.Load("anchors.csv", AnchorFormat.XyxyPixels, 320, 240);
/// var matches = ml.Detection().MatchAnchors(anchors, new ImageResize(320, 240), new SsdMatcher());
/// foreach (var row in matches.Fit(data).Transform(data).GetColumn&lt;int[]&gt;("MatchedIndices"))
///     log.WriteLine($"{row.Count(match => match >= 0)} anchors of {row.Length} learn a box");
/// </code></example>
/// <param name="options">The anchors, the matcher and the columns.</param>
public sealed class MatchAnchorsEstimator(MatchAnchorsEstimator.Options options)
    : RowEstimator<MatchAnchorsTransformer>(new(options))
{
    /// <summary>What to match with what, and how.</summary>
    public sealed record Options : AnchorTargetOptions
    {
        /// <summary>The rule.</summary>
        public Matcher Matcher { get; init; } = new ThresholdMatcher();

        /// <summary>The column to add.</summary>
        public string OutputColumnName { get; init; } = TargetColumns.MatchedIndices;

        /// <summary>Vector of bool, one a box; null, or a name that the data lacks: no box is a crowd.</summary>
        public string? CrowdColumnName { get; init; } = DetectionColumns.Crowd;

        /// <summary>Vector of bool, one a box; null, or a name that the data lacks: no box is difficult.</summary>
        public string? DifficultColumnName { get; init; } = DetectionColumns.Difficult;
    }
}
