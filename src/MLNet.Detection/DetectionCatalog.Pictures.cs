using Microsoft.ML;
using MLNet.Detection.Augmentation;
using MLNet.Detection.Estimators;
using MLNet.Detection.Images;

namespace MLNet.Detection;

/// <content>Steps on pictures and their boxes.</content>
public sealed partial class DetectionCatalog
{
    /// <summary>Decodes image files; see <see cref="DecodeImageEstimator"/>.</summary>
    public DecodeImageEstimator DecodeImage() => DecodeImage(new());

    /// <summary>Decodes image files, with options.</summary>
    public DecodeImageEstimator DecodeImage(DecodeImageEstimator.Options options) => new(options);

    /// <summary>Stretches pictures to a size; see <see cref="ResizeImageEstimator"/>.</summary>
    /// <param name="width">Pixels.</param>
    /// <param name="height">Pixels.</param>
    public ResizeImageEstimator ResizeImage(int width, int height) =>
        ResizeImage(new() { Resize = new(width, height) });

    /// <summary>Brings pictures to a size between bars, without changing their aspect; see
    /// <see cref="ResizeImageEstimator"/>.</summary>
    /// <param name="width">Pixels.</param>
    /// <param name="height">Pixels.</param>
    public ResizeImageEstimator LetterboxImage(int width, int height) =>
        ResizeImage(new() { Resize = new(width, height, ResizeMode.Letterbox) });

    /// <summary>Brings pictures to a size, with options.</summary>
    public ResizeImageEstimator ResizeImage(ResizeImageEstimator.Options options) => new(options);

    /// <summary>Writes pictures as the numbers that a network takes; see
    /// <see cref="NormalizeImageEstimator"/>.</summary>
    /// <param name="width">Width of the pictures, as a step before made them.</param>
    /// <param name="height">Height of the pictures.</param>
    /// <param name="normalization">What the network expects of its pixels; null:
    /// <see cref="Normalization.Centered"/>.</param>
    public NormalizeImageEstimator NormalizeImage(int width, int height, Normalization? normalization = null) =>
        NormalizeImage(new()
        {
            Width = width, Height = height, Normalization = normalization ?? Normalization.Centered,
        });

    /// <summary>Writes pictures as the numbers that a network takes, with options.</summary>
    public NormalizeImageEstimator NormalizeImage(NormalizeImageEstimator.Options options) => new(options);

    /// <summary>Swaps left and right of some pictures; see <see cref="HorizontalFlip"/>. For training only.</summary>
    /// <param name="probability">How often, 0 to 1.</param>
    /// <param name="seed">Another one in each epoch.</param>
    public AugmentEstimator RandomHorizontalFlip(double probability = 0.5, int seed = 0) =>
        Augment(new HorizontalFlip(probability), seed);

    /// <summary>Crops pictures as SSD does; see <see cref="RandomIouCrop"/>. For training only.</summary>
    /// <param name="seed">Another one in each epoch.</param>
    public AugmentEstimator RandomCrop(int seed = 0) => Augment(new RandomIouCrop(), seed);

    /// <summary>Changes brightness, contrast and saturation; see <see cref="Augmentation.ColorJitter"/>. For training
    /// only.</summary>
    /// <param name="brightness">The most that all is brightened or darkened, 0 to 1.</param>
    /// <param name="contrast">The most that contrast changes, 0 to 1.</param>
    /// <param name="saturation">The most that saturation changes, 0 to 1.</param>
    /// <param name="seed">Another one in each epoch.</param>
    public AugmentEstimator ColorJitter(
        double brightness = 0.2, double contrast = 0.2, double saturation = 0.2, int seed = 0) =>
        Augment(new ColorJitter(brightness, contrast, saturation), seed);

    /// <summary>Zooms out of some pictures; see <see cref="Augmentation.RandomZoom"/>. For training only.</summary>
    /// <param name="probability">How often, 0 to 1.</param>
    /// <param name="maxScale">The largest new picture's sides, in those of the old one.</param>
    /// <param name="seed">Another one in each epoch.</param>
    public AugmentEstimator RandomZoom(double probability = 0.5, double maxScale = 4, int seed = 0) =>
        Augment(new RandomZoom(probability, maxScale), seed);

    /// <summary>Changes pictures and their boxes at random; see <see cref="AugmentEstimator"/>. For training
    /// only.</summary>
    /// <param name="augmentation">The change.</param>
    /// <param name="seed">Another one in each epoch.</param>
    public AugmentEstimator Augment(IAugmentation augmentation, int seed = 0) =>
        Augment(new() { Augmentation = augmentation, Seed = seed });

    /// <summary>Changes pictures and their boxes at random, with options.</summary>
    public AugmentEstimator Augment(AugmentEstimator.Options options) => new(options);

    /// <summary>Makes pictures of four; see <see cref="Augmentation.Mosaic"/>. For training only.</summary>
    /// <param name="width">Width of the new pictures, pixels.</param>
    /// <param name="height">Height of the new pictures, pixels.</param>
    /// <param name="seed">Another one in each epoch.</param>
    public MixPicturesEstimator Mosaic(int width, int height, int seed = 0) =>
        MixPictures(new() { Mix = new Mosaic(width, height), Seed = seed });

    /// <summary>Lays two pictures over each other; see <see cref="Augmentation.MixUp"/>. For training only.</summary>
    /// <param name="alpha">At least 1; the larger, the more alike are the shares of both.</param>
    /// <param name="seed">Another one in each epoch.</param>
    public MixPicturesEstimator MixUp(double alpha = 1.5, int seed = 0) =>
        MixPictures(new() { Mix = new MixUp(alpha), Seed = seed });

    /// <summary>Makes pictures out of several, with options; see <see cref="MixPicturesEstimator"/>.</summary>
    public MixPicturesEstimator MixPictures(MixPicturesEstimator.Options options) => new(options);

    /// <summary>Decodes, resizes and normalises pictures; see <see cref="PreprocessImageEstimator"/>.</summary>
    /// <param name="resize">How pictures come to the network's size.</param>
    /// <param name="normalization">What the network expects of its pixels; null:
    /// <see cref="Normalization.Centered"/>.</param>
    public PreprocessImageEstimator PreprocessImage(ImageResize resize, Normalization? normalization = null) =>
        PreprocessImage(new() { Resize = resize, Normalization = normalization ?? Normalization.Centered });

    /// <summary>Decodes, resizes and normalises pictures, with options.</summary>
    public PreprocessImageEstimator PreprocessImage(PreprocessImageEstimator.Options options) => new(options);
}
