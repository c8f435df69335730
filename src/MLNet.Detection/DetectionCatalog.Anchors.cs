using MLNet.Detection.Anchors;
using MLNet.Detection.Boxes;
using MLNet.Detection.Estimators;
using MLNet.Detection.Images;
using MLNet.Detection.Matching;
using MLNet.Detection.Sampling;
using MLNet.Detection.Scoring;

namespace MLNet.Detection;

/// <content>Steps on anchors and detections.</content>
public sealed partial class DetectionCatalog
{
    /// <summary>Lays anchors over feature maps; see <see cref="GenerateAnchorsEstimator"/>.</summary>
    /// <param name="scheme">The rule.</param>
    /// <param name="imageWidth">Width of the network's input, pixels.</param>
    /// <param name="imageHeight">Height of the network's input, pixels.</param>
    /// <param name="strides">Per level the pixels of a cell, finest level first.</param>
    public GenerateAnchorsEstimator GenerateAnchors(
        AnchorScheme scheme, int imageWidth, int imageHeight, IReadOnlyList<int> strides) => GenerateAnchors(new()
        {
            Scheme = scheme, ImageWidth = imageWidth, ImageHeight = imageHeight,
            FeatureMaps = [.. strides.Select(stride => GridSize.FromStride(imageWidth, imageHeight, stride))],
        });

    /// <summary>Lays anchors over feature maps, with options.</summary>
    public GenerateAnchorsEstimator GenerateAnchors(GenerateAnchorsEstimator.Options options) => new(options);

    /// <summary>Chooses which anchors take part in the loss; see <see cref="SampleAnchorsEstimator"/>.</summary>
    /// <param name="sampler">The rule; null: <see cref="RandomSampler"/>.</param>
    /// <param name="seed">Another one in each epoch.</param>
    public SampleAnchorsEstimator SampleAnchors(AnchorSampler? sampler = null, int seed = 0) =>
        SampleAnchors(new() { Sampler = sampler ?? new RandomSampler(), Seed = seed });

    /// <summary>Chooses which anchors take part in the loss, with options.</summary>
    public SampleAnchorsEstimator SampleAnchors(SampleAnchorsEstimator.Options options) => new(options);

    /// <summary>Turns raw outputs of a network into objects; see <see cref="DecodeDetectionsEstimator"/>.</summary>
    /// <param name="anchors">In pixels of the network's input.</param>
    /// <param name="classes">Names of the classes, without background.</param>
    /// <param name="imageWidth">Width of the network's input, pixels.</param>
    /// <param name="imageHeight">Height of the network's input, pixels.</param>
    /// <param name="decoder">From raw outputs to objects; null: <see cref="DetectionDecoder.Ssd"/>.</param>
    public DecodeDetectionsEstimator DecodeDetections(
        IReadOnlyList<Box> anchors, IReadOnlyList<string> classes, int imageWidth, int imageHeight,
        DetectionDecoder? decoder = null) => DecodeDetections(new()
        {
            Anchors = anchors, Classes = classes, ImageWidth = imageWidth, ImageHeight = imageHeight,
            Decoder = decoder ?? DetectionDecoder.Ssd,
        });

    /// <summary>Turns raw outputs of a network into objects, with options.</summary>
    public DecodeDetectionsEstimator DecodeDetections(DecodeDetectionsEstimator.Options options) => new(options);

    /// <summary>Leaves one of several detections of an object; see <see cref="NonMaxSuppressionEstimator"/>.</summary>
    /// <param name="iouThreshold">Highest IoU that two detections of a class may have.</param>
    public NonMaxSuppressionEstimator NonMaxSuppression(float iouThreshold = 0.5f) =>
        NonMaxSuppression(new NonMaxSuppressionEstimator.Options
        {
            Suppression = new GreedySuppression(iouThreshold),
        });

    /// <summary>Leaves one of several detections of an object, by any rule.</summary>
    public NonMaxSuppressionEstimator NonMaxSuppression(NonMaxSuppressionEstimator.Options options) => new(options);

    /// <summary>Matches anchors with the boxes of each row; see <see cref="MatchAnchorsEstimator"/>.</summary>
    /// <param name="anchors">In pixels of the network's input.</param>
    /// <param name="resize">How pictures come to the network's size; null: each row says so itself, after
    /// <see cref="PreprocessImage(ImageResize, Normalization)"/>.</param>
    /// <param name="matcher">The rule; null: <see cref="ThresholdMatcher"/>.</param>
    public MatchAnchorsEstimator MatchAnchors(
        IReadOnlyList<Box> anchors, ImageResize? resize = null, Matcher? matcher = null) =>
        MatchAnchors(new() { Anchors = anchors, Resize = resize, Matcher = matcher ?? new ThresholdMatcher() });

    /// <summary>Matches anchors with the boxes of each row, with options.</summary>
    public MatchAnchorsEstimator MatchAnchors(MatchAnchorsEstimator.Options options) => new(options);

    /// <summary>Writes down what each anchor must learn; see <see cref="EncodeLabelsEstimator"/>.</summary>
    /// <param name="anchors">In pixels of the network's input.</param>
    /// <param name="resize">As in <see cref="MatchAnchors(IReadOnlyList{Box}, ImageResize, Matcher)"/>.</param>
    /// <param name="coder">How boxes are written; null: <see cref="BoxCoder.Ssd"/>.</param>
    public EncodeLabelsEstimator EncodeLabels(
        IReadOnlyList<Box> anchors, ImageResize? resize = null, BoxCoder? coder = null) =>
        EncodeLabels(new() { Anchors = anchors, Resize = resize, Coder = coder ?? BoxCoder.Ssd });

    /// <summary>Writes down what each anchor must learn, with options.</summary>
    public EncodeLabelsEstimator EncodeLabels(EncodeLabelsEstimator.Options options) => new(options);
}
