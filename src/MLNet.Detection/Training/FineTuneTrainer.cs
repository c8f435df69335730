using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;
using Microsoft.ML.Runtime;
using MLNet.Detection.Data;
using MLNet.Detection.Detectors;
using MLNet.Detection.Estimators;
using MLNet.Detection.Interop;
using OnnxGraphs.Artifacts;
using OnnxGraphs.Models;
using OnnxGraphs.Quantization;

namespace MLNet.Detection.Training;

/// <summary>
/// Tunes a detector on labelled images: anchors are matched, labels encoded, and one ONNX model does forward, loss,
/// gradients and update of each step. Fitted, it gives the transformer that scores with the tuned detector.
/// </summary>
/// <example><code>
/// var ml = new MLContext(seed: 1);
/// var train = ml.Detection().LoadFromCoco("train.json", "images");
/// var import = new DetectorImport { ClassOutput = "scores", BoxOutput = "boxes", Classes = ["cat", "dog"] };
/// using var tuned = ml.Detection().FineTune(import.Load("old.onnx"), epochs: 20).Fit(train);
/// tuned.Model.Save("new.onnx");
/// </code></example>
public sealed partial class FineTuneTrainer : IEstimator<DetectorTransformer>
{
    private readonly MLContext _context;
    private readonly Options _options;

    /// <summary>Creates the trainer; nothing is read or built yet.</summary>
    public FineTuneTrainer(MLContext context, Options options) => (_context, _options) = (context, options);

    /// <summary>Trains on all rows of the data and returns the transformer that scores with the result.</summary>
    /// <inheritdoc cref="Train"/>
    public DetectorTransformer Fit(IDataView input)
    {
        var result = Train(input);
        return new(result.Detector, new()
        {
            ImageColumnName = _options.Columns.Image, Device = result.Device, Decoding = _options.Decoding,
            ModelFileTakesImages = input.Schema[_options.Columns.Image].Type is ImageDataViewType,
        }, _context);
    }

    /// <summary>Trains on all rows of the data and returns the tuned detector with the history of the run.</summary>
    /// <exception cref="ArgumentException">An option or column does not fit.</exception>
    /// <exception cref="DatasetException">The data has no object to learn, boxes of two units, or coordinates that are no
    /// numbers.</exception>
    /// <exception cref="TrainingDivergedException">The loss or a weight became infinite or no number.</exception>
    /// <exception cref="OperationCanceledException">
    /// The run was cancelled; with a workspace, its checkpoint is there.
    /// </exception>
    public FineTuneResult Train(IDataView data)
    {
        _options.Check(_options.Columns.ClassNames(data.Schema), data);
        (data as DetectionDataView)?.Dataset.RequireObjects();
        using var channel = ((IChannelProvider)_context).Start(nameof(FineTuneTrainer));
        var options = _options with { BatchSize = _options.BatchOf(_options.Detector) };
        if (options.BatchSize != _options.BatchSize)
            channel.Warning(MessageSensitivity.None, "{0}", FineTuning.SingleBatch(options.Detector, _options.BatchSize));
        if (options.LearnRanges)
            options = options with { Detector = options.Detector with { Model = LearntRanges.Open(options.Detector.Model) } };
        using var task = Task(options);
        var sizes = new PictureSizes(options.MultiScale is null ? [task] : [.. options.Sized.Select(Task)], options.Seed);
        var run = new FineTuning(task, sizes, options, ContextDevice.Of(_context, _options.Device), channel).Run(data);
        return new((DetectorModel)run.Model with { Model = LearntRanges.Close(run.Model.Model) }, run.History, run.SkippedImages)
        {
            Device = run.Device, Placement = run.Placement,
        };
    }

    /// <summary>
    /// Writes what the official training runtime needs to take the steps of this trainer elsewhere, on a phone say: same
    /// loss, optimiser, frozen weights and batch size. Trained there, <see cref="OrtCheckpoint.ApplyTo"/> puts the weights
    /// back into the detector's model.
    /// </summary>
    /// <param name="folder">Where to write; made where missing.</param>
    /// <param name="options">Kernels, start, overwriting; its graph options are those of the trainer.</param>
    /// <inheritdoc cref="TrainingArtifacts.Write" path="/exception"/>
    /// <exception cref="ModelException">It is a two-stage detector.</exception>
    public TrainingArtifacts WriteArtifacts(string folder, TrainingArtifactsOptions? options = null)
    {
        _options.Check(_options.Detector.Classes);
        if (_options.IsParted)
            throw new ArgumentException($"Options.{nameof(TrainingOptions.Accumulate)} is {_options.Accumulate}, with "
                + $"{_options.Backend.Ranks.Count} ranks; the files for the official runtime hold a step of a whole batch. "
                + "Set it to 1, without ranks: an application there adds up passes itself.");
        if (_options.MultiScale is not null)
            throw new ArgumentException($"Options.{nameof(Options.MultiScale)} is {_options.MultiScale}; the files for the "
                + "official runtime hold a step of one size. Set it to null.");
        if (_options.Head.Chooser(_options.Detector) is not null)
            throw new ModelException($"{_options.Detector.Model.Path}: a {_options.Head.Kind} detector chooses regions "
                + "between the halves of a step, which the official artifacts do not do; train it here.");
        _options.RefuseTeacher("the files for the official runtime");
        var (detector, network) = (_options.Detector, _options.Detector.Network(_options.BatchSize));
        return TrainingArtifacts.Write(network, detector.RawValues, Task(_options).Loss, _options.Optimizer, folder,
            (options ?? new()) with { Graph = _options.StepOptions(detector, network) });
    }

    /// <summary>What the trainer was made with.</summary>
    internal Options Given => _options;

    /// <summary>The targets and the loss of a run with these options.</summary>
    internal static DetectionTask Task(Options options) =>
        new(options.Detector, options.Head, options.Columns, options.Teacher, options.Device);

    /// <summary>The input's shape with the columns that the fitted transformer adds.</summary>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        foreach (var name in (string[])[_options.Columns.Image, _options.Columns.Label, _options.Columns.BoundingBoxes])
            if (inputSchema.All(column => column.Name != name))
                throw new ArgumentException(
                    $"Column '{name}' is missing; the data has {string.Join(", ", inputSchema.Select(c => c.Name))}.");
        var added = new DetectorTransformer.Options().Columns(_options.Detector.Classes);
        return OutputShape.Append(inputSchema, [.. added]);
    }
}
