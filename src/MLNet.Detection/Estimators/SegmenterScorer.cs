using Microsoft.ML.Runtime;
using MLNet.Detection.Images;
using MLNet.Detection.Segmentation;
using OnnxGraphs.Runtime;

namespace MLNet.Detection.Estimators;

/// <summary>Scorers of segmentation networks.</summary>
internal static class SegmenterScorer
{
    /// <summary>The classes of the pixels of pictures; null of one that cannot be read, unless such are refused.</summary>
    public static PictureScorer<RgbImage, SegmentedPicture?> Of(
        SegmenterModel model, int batchSize, Device device, ImageDecoderOptions decoding, IChannelProvider? log,
        bool refusesUnreadable = false) => new(
        nameof(SegmenterTransformer), size =>
        {
            var segmenter = new Segmenter(model, size, device);
            return new(segmenter, segmenter.Segment);
        }, (picture, decoder) => picture.Decode(decoder), null, batchSize, decoding, log)
        {
            RefusesUnreadable = refusesUnreadable,
        };
}
