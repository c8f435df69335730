using MLNet.Detection.Images;
using MLNet.Detection.Interop;

namespace MLNet.Detection.Estimators;

/// <summary>
/// Writes the picture of each row as the numbers that a network takes. Adds one column, by default
/// <see cref="TargetColumns.Pixels"/>: vector of float [3, height, width]. A picture of another size throws when its
/// values are asked for.
/// </summary>
/// <example><code>
/// var detection = ml.Detection();
/// var steps = detection.DecodeImage()
///     .Append(detection.ResizeImage(300, 300))
///     .Append(detection.NormalizeImage(300, 300, Normalization.ImageNet));
/// var view = steps.Fit(data).Transform(data);        // has Pixels, 3 x 300 x 300
/// </code></example>
/// <param name="options">Size, normalisation and columns.</param>
public sealed class NormalizeImageEstimator(NormalizeImageEstimator.Options options)
    : RowEstimator<NormalizeImageTransformer>(new(options))
{
    /// <summary>Size, normalisation and columns.</summary>
    public sealed record Options
    {
        /// <summary>Width of the pictures, as a step before made them.</summary>
        public required int Width { get; init; }

        /// <summary>Height of the pictures.</summary>
        public required int Height { get; init; }

        /// <summary>What the network expects of its pixels.</summary>
        public Normalization Normalization { get; init; } = Normalization.Centered;

        /// <summary>The column of pictures.</summary>
        public string InputColumnName { get; init; } = TargetColumns.Picture;

        /// <summary>The column of pixels to add.</summary>
        public string OutputColumnName { get; init; } = TargetColumns.Pixels;
    }
}
