using MLNet.Detection.Images;
using MLNet.Detection.Interop;

namespace MLNet.Detection.Estimators;

/// <summary>
/// Brings the picture of each row to the size that a network takes: stretched, or between bars. Replaces the picture
/// and adds a column, by default <see cref="TargetColumns.ResizeTransform"/>, with the way from the picture before to
/// the one after. Boxes stay as they are: steps that need them in the network's pixels read the transform. Steps that
/// change pictures and boxes together, such as <see cref="AugmentEstimator"/>, therefore come before this one.
/// </summary>
/// <example><code>
/// var steps = ml.Detection().DecodeImage().Append(ml.Detection().LetterboxImage(640, 640));
/// var view = steps.Fit(data).Transform(data);        // has Picture and ResizeTransform
/// </code></example>
/// <param name="options">Size and columns.</param>
public sealed class ResizeImageEstimator(ResizeImageEstimator.Options options)
    : RowEstimator<ResizeImageTransformer>(new(options))
{
    /// <summary>Size and columns.</summary>
    public sealed record Options
    {
        /// <summary>How pictures come to the network's size.</summary>
        public required ImageResize Resize { get; init; }

        /// <summary>The column of pictures.</summary>
        public string InputColumnName { get; init; } = TargetColumns.Picture;

        /// <summary>The column of resized pictures to add or to replace.</summary>
        public string OutputColumnName { get; init; } = TargetColumns.Picture;

        /// <summary>The column of transforms to add: vector of float [4].</summary>
        public string ResizeTransformColumnName { get; init; } = TargetColumns.ResizeTransform;
    }
}
