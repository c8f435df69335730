using Microsoft.ML;
using MLNet.Detection.Data;
using MLNet.Detection.Detectors;
using MLNet.Detection.Estimators;
using MLNet.Detection.Evaluation.Masks;
using MLNet.Detection.Interop;
using MLNet.Detection.Quantization;
using MLNet.Detection.Segmentation;
using MLNet.Detection.Training;
using OnnxGraphs.Quantization;

namespace MLNet.Detection;

/// <content>Segmentation networks.</content>
public sealed partial class DetectionCatalog
{
    /// <summary>A segmentation network of 8-bit whole numbers from one in floats; otherwise as
    /// <see cref="Quantize(DetectorModel, IDataView, QuantizationOptions?, int)"/>.</summary>
    /// <param name="segmenter">A network in floats.</param>
    /// <param name="calibration">Pictures such as it will see; masks are not read.</param>
    /// <param name="options">How; null: least and largest numbers of each value, a scale for each channel of weights.</param>
    /// <param name="pictures">How many of the pictures are shown.</param>
    /// <exception cref="OnnxGraphs.Models.ModelException">It has no layers to quantise, or computes on whole numbers
    /// already.</exception>
    /// <exception cref="InvalidOperationException">There are no pictures, or a value was not finite.</exception>
    public SegmenterModel QuantizeSegmenter(SegmenterModel segmenter, IDataView calibration, QuantizationOptions? options = null,
        int pictures = 200)
    {
        using var quantizer = new SegmenterQuantizer(segmenter, options, ContextDevice.Of(Context, null));
        quantizer.Observe(calibration, pictures);
        return quantizer.Quantize();
    }

    /// <summary>Loads a segmentation network that <see cref="SegmenterModel.Save"/> wrote.</summary>
    /// <param name="path">The ONNX file.</param>
    /// <param name="options">Columns, batch size and device; null for the defaults.</param>
    /// <exception cref="OnnxGraphs.Models.ModelException">The file is damaged, or was not saved by this
    /// library.</exception>
    public SegmenterTransformer LoadSegmenter(string path, SegmenterTransformer.Options? options = null)
    {
        options ??= new();
        var model = SegmenterModel.Load(path);
        model.Warn(Context, nameof(LoadSegmenter));
        return new(model, options with { Device = ContextDevice.Of(Context, options.Device) }, Context);
    }

    /// <summary>Compares predicted maps of labels with the true ones, picture by picture.</summary>
    /// <param name="data">A view with both, such as a <see cref="SegmenterTransformer"/> gives.</param>
    /// <param name="columns">Columns of the truth; null for the defaults.</param>
    /// <param name="predictedMaskColumnName">Vector of byte: the predicted class of each pixel.</param>
    /// <param name="leastPixels">The fewest pixels of a predicted object; smaller ones are taken for noise.</param>
    /// <exception cref="ArgumentException">A column is missing, or maps have different sizes.</exception>
    public SegmentationMetrics EvaluateMasks(IDataView data, MaskColumns? columns = null,
        string predictedMaskColumnName = PredictionColumns.PredictedMask, int leastPixels = 1) =>
        MaskComparison.Evaluate(data, columns ?? new(), predictedMaskColumnName, leastPixels);

    /// <summary>Tunes a segmentation network on pictures with masks; see <see cref="SegmentationTrainer"/>.</summary>
    /// <param name="segmenter">The network to start from.</param>
    /// <param name="epochs">Times that every image is seen.</param>
    public SegmentationTrainer FineTuneSegmenter(SegmenterModel segmenter, int epochs = 20) =>
        FineTuneSegmenter(new() { Segmenter = segmenter, Epochs = epochs });

    /// <summary>Tunes a segmentation network on pictures with masks, with options.</summary>
    public SegmentationTrainer FineTuneSegmenter(SegmentationTrainer.Options options) => new(Context, options);
}
