using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms.Image;
using MLNet.Detection.Data;
using MLNet.Detection.Estimators;
using MLNet.Detection.Interop;
using MLNet.Detection.Segmentation;
using OnnxGraphs.Quantization;

namespace MLNet.Detection.Training;

/// <summary>
/// Tunes a segmentation network on pictures with masks: one ONNX model does forward, loss, gradients and update of each
/// step. Fitted, it gives the transformer that scores with the tuned network.
/// </summary>
/// <example><code>
/// var ml = new MLContext(seed: 1);
/// var train = ml.Detection().LoadMasks("cells", new() { Classes = ["cell"] });
/// var import = new SegmenterImport { Classes = ["cell"], Normalization = Normalization.ImageNet };
/// using var tuned = ml.Detection().FineTuneSegmenter(import.Load("unet.onnx"), epochs: 20).Fit(train);
/// tuned.Model.Save("tuned.onnx");
/// </code></example>
public sealed partial class SegmentationTrainer : IEstimator<SegmenterTransformer>
{
    private readonly MLContext _context;
    private readonly Options _options;

    /// <summary>Creates the trainer; nothing is read or built yet.</summary>
    public SegmentationTrainer(MLContext context, Options options) => (_context, _options) = (context, options);

    /// <summary>Trains on all rows of the data and returns the transformer that scores with the result.</summary>
    /// <inheritdoc cref="Train"/>
    public SegmenterTransformer Fit(IDataView input)
    {
        var result = Train(input);
        return new(result.Segmenter, new()
        {
            ImageColumnName = _options.Columns.Image, Device = result.Device, Decoding = _options.Decoding,
            ModelFileTakesImages = input.Schema[_options.Columns.Image].Type is ImageDataViewType,
        }, _context);
    }

    /// <summary>The input's shape with the columns that the fitted transformer adds.</summary>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        foreach (var name in (string[])[_options.Columns.Image, _options.Columns.Mask])
            if (inputSchema.All(column => column.Name != name))
                throw new ArgumentException(
                    $"Column '{name}' is missing; the data has {string.Join(", ", inputSchema.Select(c => c.Name))}.");
        return OutputShape.Append(inputSchema, [.. new SegmenterTransformer.Options().Columns(_options.Segmenter.Classes)]);
    }

    /// <summary>Trains on all rows of the data and returns the tuned network with the history of the run.</summary>
    /// <exception cref="ArgumentException">An option or column does not fit.</exception>
    /// <exception cref="DatasetException">The data has no pixel to learn, or a mask does not fit its
    /// picture.</exception>
    /// <exception cref="TrainingDivergedException">The loss or a weight became infinite or no number.</exception>
    /// <exception cref="OperationCanceledException">
    /// The run was cancelled; with a workspace, its checkpoint is there.
    /// </exception>
    public SegmentationResult Train(IDataView data)
    {
        var classes = _options.Columns.ClassNames(data.Schema);
        Rows.Demand(data, _options.ValidationSet);
        _options.Check(classes);
        using var channel = ((IChannelProvider)_context).Start(nameof(SegmentationTrainer));
        var options = _options with { BatchSize = _options.BatchOf(_options.Segmenter) };
        if (options.BatchSize != _options.BatchSize)
            channel.Warning(MessageSensitivity.None, "{0}", FineTuning.SingleBatch(_options.Segmenter, _options.BatchSize));
        if (options.LearnRanges)
            options = options with { Segmenter = options.Segmenter with { Model = LearntRanges.Open(options.Segmenter.Model) } };
        var task = new SegmentationTask(options);
        var run = new FineTuning(task, new([task], options.Seed), options, ContextDevice.Of(_context, _options.Device), channel)
            .Run(data);
        return new((SegmenterModel)run.Model with { Model = LearntRanges.Close(run.Model.Model) }, run.History, run.SkippedImages)
        {
            Device = run.Device, Placement = run.Placement,
        };
    }
}
