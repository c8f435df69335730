using Microsoft.ML;
using Microsoft.ML.OnnxRuntime;
using MLNet.Detection.Estimators;
using MLNet.Detection.Images;
using MLNet.Detection.Networks;
using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Quantization;
using OnnxGraphs.Runtime;

namespace MLNet.Detection.Quantization;

/// <summary>
/// Makes a network of whole numbers from one in floats: pictures are shown to it, one by one, and from the values that they
/// cause follow the grids. What follows the network's raw values stays in floats.
/// </summary>
/// <typeparam name="TModel">A detector or a segmentation network.</typeparam>
public abstract class PictureQuantizer<TModel> : IDisposable
    where TModel : PictureNetwork
{
    private readonly TModel _model;
    private readonly QuantizationOptions _options;
    private readonly Calibration _calibration;
    private readonly OrtValue _planes;

    private protected PictureQuantizer(TModel model, QuantizationOptions? options, Device? device)
    {
        (_model, _options) = (model, options ?? new());
        Plan = QuantizationPlan.Of(model.Model, model.InputName, model.RawValues, _options);
        var input = new TypedShape(ElementType.Float32, model.InputShape(1));
        _calibration = new(Plan, input, device);
        _planes = HostTensors.Allocate(input.Element, input.Shape);
    }

    /// <summary>What may compute on whole numbers, and what has no integer kernel.</summary>
    public QuantizationPlan Plan { get; }

    /// <summary>Pictures that were shown.</summary>
    public long Pictures { get; private set; }

    /// <summary>Shows pictures; any size, brought to the network as it is when it is scored.</summary>
    public void Observe(IEnumerable<RgbImage> pictures)
    {
        foreach (var picture in pictures)
        {
            foreach (var seen in Seen(picture))
            {
                _model.Normalization.Write(seen, _planes.GetTensorMutableDataAsSpan<float>());
                _calibration.Observe(_planes, 1);
            }
            Pictures++;
        }
    }

    /// <summary>Shows the first pictures of a view with the columns of <see cref="Data.DetectionColumns"/>.</summary>
    /// <param name="data">Rows with a picture, or the path of one.</param>
    /// <param name="most">How many at most.</param>
    /// <param name="cancel">Ends it between two pictures.</param>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    public void Observe(IDataView data, int most = int.MaxValue, CancellationToken cancel = default)
    {
        var options = new DecodeImageEstimator.Options();
        var decoded = new DecodeImageEstimator(options).Fit(data).Transform(data);
        var column = decoded.Schema[options.OutputColumnName];
        using var cursor = decoded.GetRowCursor([column]);
        var read = cursor.GetGetter<RgbImage>(column);
        RgbImage picture = null!;
        for (var i = 0; i < most && cursor.MoveNext(); i++)
        {
            cancel.ThrowIfCancellationRequested();
            read(ref picture);
            Observe([picture]);
        }
    }

    /// <summary>The network in whole numbers, but for some operators.</summary>
    /// <param name="floats">Values of <see cref="QuantizationPlan.Nodes"/> that stay in floats; null: as the options
    /// say.</param>
    /// <exception cref="InvalidOperationException">No picture was shown, or a value was not finite.</exception>
    public TModel Quantize(IReadOnlyCollection<string>? floats = null) => (TModel)((PictureNetwork)_model with
    {
        Model = OperatorForm.Open(Plan.Apply(_calibration, _options with { Floats = floats ?? _options.Floats })),
    });

    /// <summary>What the network sees of a picture: one in its own size, or several.</summary>
    private protected virtual IEnumerable<RgbImage> Seen(RgbImage picture) => [_model.Resize.Apply(picture).Image];

    /// <inheritdoc/>
    public void Dispose()
    {
        _calibration.Dispose();
        _planes.Dispose();
    }
}
