using MLNet.Detection.Data;
using MLNet.Detection.Images;
using MLNet.Detection.Interop;

namespace MLNet.Detection.Estimators;

/// <summary>
/// Decodes, resizes and normalises the image file of each row. Adds two columns, by default
/// <see cref="TargetColumns.Pixels"/> (vector of float [3, height, width]) and
/// <see cref="TargetColumns.ResizeTransform"/> (vector of float [4], the way from original to network pixels). A row
/// whose image cannot be decoded throws <see cref="UnreadableImageException"/> when its values are asked for.
/// </summary>
/// <example><code>
/// var data = ml.Detection().LoadFromCoco("train.json", "images");
/// var pixels = ml.Detection().PreprocessImage(new ImageResize(320, 240), Normalization.Centered);
/// var view = pixels.Fit(data).Transform(data);
/// var first = view.GetColumn&lt;float[]&gt;("Pixels").First();      // 3 * 240 * 320 numbers
/// </code></example>
/// <param name="options">Size, normalisation and columns.</param>
public sealed class PreprocessImageEstimator(PreprocessImageEstimator.Options options)
    : RowEstimator<PreprocessImageTransformer>(new(options))
{
    /// <summary>What becomes of the pictures.</summary>
    public sealed record Options
    {
        /// <summary>How pictures come to the network's size.</summary>
        public required ImageResize Resize { get; init; }

        /// <summary>What the network expects of its pixels.</summary>
        public Normalization Normalization { get; init; } = Normalization.Centered;

        /// <summary>Vector of byte: image files (JPEG, PNG, WebP, GIF, BMP). Or <see cref="Microsoft.ML.Data.MLImage"/>, of
        /// <c>LoadImages</c> say: those are taken as they lie, as they carry no EXIF orientation.</summary>
        public string ImageColumnName { get; init; } = DetectionColumns.Image;

        /// <summary>How image files are decoded. Give <see cref="ImageDecoderOptions"/> without a
        /// <see cref="ImageDecoderOptions.ReducingGap"/> for pixels equal to those of other programs.</summary>
        public ImageDecoderOptions Decoding { get; init; } = ImageDecoderOptions.Reduced;

        /// <summary>Text that names the image in errors; null, or a name that the data lacks: the row's number
        /// does.</summary>
        public string? FileNameColumnName { get; init; } = DetectionColumns.FileName;

        /// <summary>The column of pixels to add.</summary>
        public string OutputColumnName { get; init; } = TargetColumns.Pixels;

        /// <summary>The column of transforms to add.</summary>
        public string ResizeTransformColumnName { get; init; } = TargetColumns.ResizeTransform;
    }
}
