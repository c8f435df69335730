using MLNet.Detection.Anchors;
using MLNet.Detection.Interop;

namespace MLNet.Detection.Estimators;

/// <summary>
/// Lays anchors over the feature maps of a network. Adds one column, by default <see cref="TargetColumns.Anchors"/>:
/// vector of float [anchors, 4], corners in pixels of the network's input, the same in each row. The boxes are also
/// <see cref="GenerateAnchorsTransformer.Anchors"/>, for the steps that take them as an option.
/// </summary>
/// <example><code>
/// var anchors = ml.Detection().GenerateAnchors(RetinaNetAnchors.Default, 640, 640, [8, 16, 32, 64, 128]).Fit(data);
/// var matches = ml.Detection().MatchAnchors(anchors.Anchors, new ImageResize(640, 640));
/// </code></example>
/// <param name="options">The rule, the sizes and the column.</param>
public sealed class GenerateAnchorsEstimator(GenerateAnchorsEstimator.Options options)
    : RowEstimator<GenerateAnchorsTransformer>(new(options))
{
    /// <summary>The rule, the sizes and the column.</summary>
    public sealed record Options
    {
        /// <summary>The rule.</summary>
        public required AnchorScheme Scheme { get; init; }

        /// <summary>Width of the network's input, pixels.</summary>
        public required int ImageWidth { get; init; }

        /// <summary>Height of the network's input, pixels.</summary>
        public required int ImageHeight { get; init; }

        /// <summary>The feature maps, finest level first; see <see cref="GridSize.FromStride"/>.</summary>
        public required IReadOnlyList<GridSize> FeatureMaps { get; init; }

        /// <summary>The column to add.</summary>
        public string OutputColumnName { get; init; } = TargetColumns.Anchors;
    }
}
