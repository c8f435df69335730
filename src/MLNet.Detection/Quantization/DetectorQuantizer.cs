using Microsoft.ML;
using Microsoft.ML.OnnxRuntime;
using MLNet.Detection.Detectors;
using MLNet.Detection.Estimators;
using MLNet.Detection.Images;
using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Quantization;
using OnnxGraphs.Runtime;

namespace MLNet.Detection.Quantization;

/// <summary>
/// Makes a detector of whole numbers from one in floats: pictures are shown to it, one by one, and from the values that
/// they cause follow the grids. The decoding of boxes behind the network stays in floats.
/// </summary>
public sealed class DetectorQuantizer : IDisposable
{
    private readonly DetectorModel _detector;
    private readonly QuantizationOptions _options;
    private readonly Calibration _calibration;
    private readonly OrtValue _planes;

    /// <summary>Plans the quantisation.</summary>
    /// <param name="detector">A detector in floats.</param>
    /// <param name="options">How; null: 8 bits by least and largest numbers.</param>
    /// <param name="device">Where pictures run.</param>
    /// <exception cref="ModelException">It has no layers to quantise, or computes on whole numbers already.</exception>
    public DetectorQuantizer(DetectorModel detector, QuantizationOptions? options = null, Device? device = null)
    {
        (_detector, _options) = (detector, options ?? new());
        if (detector.Head.Outputs is not null)
            throw new ModelException($"{detector.Model.Path}: a {detector.Head.Kind} detector chooses its regions in the file; "
                + "no measure of its layers on their own is written yet. Keep it in floats.");
        Plan = QuantizationPlan.Of(detector.Model, detector.InputName, detector.RawValues, _options);
        var input = new TypedShape(ElementType.Float32, new(1, 3, detector.Resize.Height, detector.Resize.Width));
        _calibration = new(Plan, input, device);
        _planes = HostTensors.Allocate(input.Element, input.Shape);
    }

    /// <summary>What may compute on whole numbers, and what has no integer kernel.</summary>
    public QuantizationPlan Plan { get; }

    /// <summary>Pictures that were shown.</summary>
    public long Pictures => _calibration.Pictures;

    /// <summary>Shows pictures; any size, resized as the detector does.</summary>
    public void Observe(IEnumerable<RgbImage> pictures)
    {
        foreach (var picture in pictures)
        {
            _detector.Normalization.Write(_detector.Resize.Apply(picture).Image,
                _planes.GetTensorMutableDataAsSpan<float>());
            _calibration.Observe(_planes, 1);
        }
    }

    /// <summary>Shows the first pictures of a view with the columns of <see cref="Data.DetectionColumns"/>.</summary>
    /// <param name="data">Rows with a picture, or the path of one.</param>
    /// <param name="most">How many at most.</param>
    public void Observe(IDataView data, int most = int.MaxValue)
    {
        var options = new DecodeImageEstimator.Options();
        var decoded = new DecodeImageEstimator(options).Fit(data).Transform(data);
        var column = decoded.Schema[options.OutputColumnName];
        using var cursor = decoded.GetRowCursor([column]);
        var read = cursor.GetGetter<RgbImage>(column);
        RgbImage picture = null!;
        for (var i = 0; i < most && cursor.MoveNext(); i++)
        {
            read(ref picture);
            Observe([picture]);
        }
    }

    /// <summary>The detector in whole numbers, but for some operators.</summary>
    /// <param name="floats">Values of <see cref="QuantizationPlan.Nodes"/> that stay in floats; null: as the options
    /// say.</param>
    /// <exception cref="InvalidOperationException">No picture was shown, or a value was not finite.</exception>
    public DetectorModel Quantize(IReadOnlyCollection<string>? floats = null) => _detector with
    {
        Model = OperatorForm.Open(Plan.Apply(_calibration, _options with { Floats = floats ?? _options.Floats })),
    };

    /// <inheritdoc/>
    public void Dispose()
    {
        _calibration.Dispose();
        _planes.Dispose();
    }
}
