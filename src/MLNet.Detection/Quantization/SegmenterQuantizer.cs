using MLNet.Detection.Images;
using MLNet.Detection.Segmentation;
using OnnxGraphs.Models;
using OnnxGraphs.Quantization;
using OnnxGraphs.Runtime;

namespace MLNet.Detection.Quantization;

/// <summary>Makes a segmentation network of whole numbers; the activation behind its map stays in floats.</summary>
/// <param name="segmenter">A network in floats.</param>
/// <param name="options">How; null: 8 bits by least and largest numbers.</param>
/// <param name="device">Where pictures run.</param>
/// <exception cref="ModelException">It has no layers to quantise, or computes on whole numbers already.</exception>
public sealed class SegmenterQuantizer(SegmenterModel segmenter, QuantizationOptions? options = null, Device? device = null)
    : PictureQuantizer<SegmenterModel>(segmenter, options, device)
{
    private readonly SegmenterModel _segmenter = segmenter;

    // Pictures in their own scale are seen in windows, as they are scored.
    private protected override IEnumerable<RgbImage> Seen(RgbImage picture)
    {
        if (_segmenter.Tiling is not { } tiling)
            return base.Seen(picture);
        var (width, height) = (_segmenter.Resize.Width, _segmenter.Resize.Height);
        return new WindowGrid(picture.Width, picture.Height, width, height, 1, tiling.Overlap).Places
            .Select(place => PictureWindow.Cut(picture, place.Left, place.Top, width, height));
    }
}
