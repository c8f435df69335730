using MLNet.Detection.Data;
using MLNet.Detection.Images;
using MLNet.Detection.Interop;

namespace MLNet.Detection.Estimators;

/// <summary>
/// Decodes the image file of each row. Adds one column, by default <see cref="TargetColumns.Picture"/>, of
/// <see cref="PictureDataViewType"/>. A row whose image cannot be decoded throws <see cref="UnreadableImageException"/>
/// when its picture is asked for.
/// </summary>
/// <example><code>
/// var detection = ml.Detection();
/// var steps = detection.DecodeImage()
///     .Append(detection.RandomHorizontalFlip(seed: epoch), TransformerScope.Training)
///     .Append(detection.LetterboxImage(320, 240))
///     .Append(detection.NormalizeImage(320, 240, Normalization.Centered));
/// var view = steps.Fit(data).Transform(data, TransformerScope.Training);   // Picture, ResizeTransform, Pixels
/// </code></example>
/// <param name="options">The columns.</param>
public sealed class DecodeImageEstimator(DecodeImageEstimator.Options options)
    : RowEstimator<DecodeImageTransformer>(new(options))
{
    /// <summary>The columns.</summary>
    public sealed record Options
    {
        /// <summary>Vector of byte: image files (JPEG, PNG, WebP, GIF, BMP). Or <see cref="Microsoft.ML.Data.MLImage"/>, of
        /// <c>LoadImages</c> say: those are taken as they lie, as they carry no EXIF orientation.</summary>
        public string ImageColumnName { get; init; } = DetectionColumns.Image;

        /// <summary>How image files are decoded.</summary>
        public ImageDecoderOptions Decoding { get; init; } = new();

        /// <summary>Text that names the image in errors; null, or a name that the data lacks: the row's number
        /// does.</summary>
        public string? FileNameColumnName { get; init; } = DetectionColumns.FileName;

        /// <summary>The column of pictures to add.</summary>
        public string OutputColumnName { get; init; } = TargetColumns.Picture;
    }
}
