using MLNet.Detection.Augmentation;
using MLNet.Detection.Interop;

namespace MLNet.Detection.Estimators;

/// <summary>
/// Changes the picture of each row at random, and its boxes with it: <see cref="HorizontalFlip"/>,
/// <see cref="RandomIouCrop"/>, <see cref="RandomCrop"/>, <see cref="RandomZoom"/>, <see cref="ColorJitter"/>, or an
/// <see cref="IAugmentation"/> of your own. Replaces the columns in place; boxes that are cropped away are gone from
/// all of them. Append it with <c>TransformerScope.Training</c>, before pictures are resized. What happens to a row
/// depends on the seed and the row's id only, not on threads.
/// </summary>
/// <example><code>
/// var detection = ml.Detection();
/// var steps = detection.DecodeImage()
///     .Append(detection.ColorJitter(seed: epoch), TransformerScope.Training)
///     .Append(detection.RandomCrop(seed: epoch), TransformerScope.Training)
///     .Append(detection.RandomHorizontalFlip(seed: epoch), TransformerScope.Training)
///     .Append(detection.ResizeImage(300, 300));
/// var view = steps.Fit(data).Transform(data, TransformerScope.Training);
/// </code></example>
/// <param name="options">The change, the seed and the columns.</param>
public sealed class AugmentEstimator(AugmentEstimator.Options options) : RowEstimator<AugmentTransformer>(new(options))
{
    /// <summary>The change, the seed and the columns.</summary>
    public sealed record Options : PictureStepOptions
    {
        /// <summary>What is done to pictures.</summary>
        public required IAugmentation Augmentation { get; init; }
    }
}
