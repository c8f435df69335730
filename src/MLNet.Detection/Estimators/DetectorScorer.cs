using Microsoft.ML.Runtime;
using MLNet.Detection.Detectors;
using MLNet.Detection.Images;
using MLNet.Detection.Scoring;
using OnnxGraphs.Runtime;

namespace MLNet.Detection.Estimators;

/// <summary>Scorers of the kinds of networks.</summary>
internal static class DetectorScorer
{
    /// <summary>The objects in pictures. Without a log a model file of ML.NET refuses those that cannot be read.</summary>
    public static PictureScorer<ResizedImage, DetectedObject[]> Of(
        DetectorModel model, int batchSize, Device device, ImageDecoderOptions decoding, IChannelProvider? log,
        bool refusesUnreadable = false) => new(
        nameof(DetectorTransformer), size =>
        {
            var detector = new Detector(model, size, device);
            // A file may take one picture at a time.
            return new(detector, pictures => [.. pictures.Chunk(detector.BatchSize).SelectMany(detector.DetectResized)]);
        }, (picture, decoder) => picture.Resized(decoder, model.Resize), [], batchSize, decoding, log)
        {
            RefusesUnreadable = refusesUnreadable,
        };
}
