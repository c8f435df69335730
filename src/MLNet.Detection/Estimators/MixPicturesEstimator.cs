using MLNet.Detection.Augmentation;
using MLNet.Detection.Interop;

namespace MLNet.Detection.Estimators;

/// <summary>
/// Makes each row's picture out of it and others: <see cref="Mosaic"/>, <see cref="MixUp"/>, or an
/// <see cref="IPictureMix"/> of your own. The others are drawn from a window of rows that are read together, so shuffle
/// the rows first. Replaces the columns in place. Append it with <c>TransformerScope.Training</c>, before pictures are
/// resized. The same seed and order of rows give the same pictures, however many threads ask for cursors.
/// </summary>
/// <example><code>
/// var detection = ml.Detection();
/// var steps = detection.DecodeImage()
///     .Append(detection.Mosaic(640, 640, seed: epoch), TransformerScope.Training)
///     .Append(detection.LetterboxImage(640, 640));
/// var shuffled = ml.Data.ShuffleRows(data, seed: epoch);
/// var view = steps.Fit(shuffled).Transform(shuffled, TransformerScope.Training);
/// </code></example>
/// <param name="options">The mix, the window, the seed and the columns.</param>
public sealed class MixPicturesEstimator(MixPicturesEstimator.Options options)
    : RowEstimator<MixPicturesTransformer>(new(options))
{
    /// <summary>The mix, the window, the seed and the columns.</summary>
    public sealed record Options : PictureStepOptions
    {
        /// <summary>What is done with the pictures.</summary>
        public required IPictureMix Mix { get; init; }

        /// <summary>Rows whose pictures are in memory together, and mixed with each other; at least 2.</summary>
        public int Window { get; init; } = 16;
    }
}
