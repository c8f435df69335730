using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Optimizers;
using OnnxGraphs.Training;

namespace OnnxGraphs.Artifacts;

/// <summary>
/// The four files that the official on-device training runtime (Microsoft.ML.OnnxRuntime.Training 1.19.2 and its
/// siblings for phones and browsers) trains from. Other tools need a step in Python to make them.
/// </summary>
/// <param name="Folder">Where they lie.</param>
/// <param name="Data">
/// Inputs that the application feeds to each training or evaluation step, in this order: the runtime takes them by
/// position.
/// </param>
/// <param name="Outputs">
/// What a training step returns, in this order: the loss, and its terms. Behind them an evaluation step returns the
/// values that the model was cut at and, for losses whose targets depend on them, the predictions.
/// </param>
/// <param name="Layout">The trained weights, in the order of the runtime's contiguous parameter buffer.</param>
public sealed record TrainingArtifacts(
    string Folder, IReadOnlyList<Var> Data, IReadOnlyList<string> Outputs, ParameterLayout Layout)
{
    /// <summary>Outputs of an evaluation step that targets depend on: the loss builder's predictions.</summary>
    public IReadOnlyList<string> Predictions { get; private init; } = [];

    /// <summary>Forward, loss, gradients and their accumulation.</summary>
    public string TrainingModel => Path.Combine(Folder, "training_model.onnx");

    /// <summary>Forward and loss.</summary>
    public string EvalModel => Path.Combine(Folder, "eval_model.onnx");

    /// <summary>The update of all weights.</summary>
    public string OptimizerModel => Path.Combine(Folder, "optimizer_model.onnx");

    /// <summary>Weights and optimiser state.</summary>
    public string Checkpoint => Path.Combine(Folder, "checkpoint");

    /// <summary>
    /// Writes the artifacts of a model that is cut at the given values; the folder is made where missing.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="heads">Names of the values to cut at.</param>
    /// <param name="loss">The loss on these values; declares inputs for its targets.</param>
    /// <param name="optimizer"><see cref="AdamW"/>, or <see cref="Sgd"/> without momentum and weight decay.</param>
    /// <param name="folder">Where to write.</param>
    /// <param name="options">Everything else.</param>
    /// <exception cref="ModelException">
    /// The model cannot be trained, or not by that runtime; a start checkpoint belongs to another model; or the folder
    /// holds artifacts already.
    /// </exception>
    /// <exception cref="ArgumentException">The runtime has no such optimiser or option.</exception>
    public static TrainingArtifacts Write(OnnxModel model, IReadOnlyList<string> heads, LossBuilder loss,
        Optimizer optimizer, string folder, TrainingArtifactsOptions? options = null)
    {
        options ??= new();
        if (options.Graph.Average is { } average)
            throw new ArgumentException($"{nameof(TrainingGraphOptions)}.{nameof(TrainingGraphOptions.Average)} is "
                + $"{average}; the training runtime keeps no average of the weights. Set it to null.");
        if (options.Graph.Parts is not null)
            throw new ArgumentException($"{nameof(TrainingGraphOptions)}.{nameof(TrainingGraphOptions.Parts)} is "
                + $"{options.Graph.Parts}; the training runtime adds up no parts of a batch. Set it to null.");
        if (options.Graph.Groups.Count > 0 || options.Graph.BatchStatistics)
            throw new ArgumentException($"{nameof(TrainingGraphOptions)} has {nameof(TrainingGraphOptions.Groups)} or "
                + $"{nameof(TrainingGraphOptions.BatchStatistics)}; the training runtime treats all weights alike. Leave "
                + "both out.");
        if (options.Graph.Recompute)
            throw new ArgumentException($"{nameof(TrainingGraphOptions)}.{nameof(TrainingGraphOptions.Recompute)} is set; the "
                + "training runtime holds all values of the forward pass. Leave it out.");
        var models = ArtifactModels.Build(model, heads, loss, options);
        var update = Artifacts.OptimizerModel.Build(optimizer);
        var checkpoint = Start(model, models.Layout, optimizer, options);
        var artifacts = new TrainingArtifacts(folder, models.Data, models.Outputs, models.Layout)
        {
            Predictions = models.Predictions,
        };
        artifacts.Prepare(options.Overwrite);
        models.Training.Save(artifacts.TrainingModel);
        models.Evaluation.Save(artifacts.EvalModel);
        update.Save(artifacts.OptimizerModel);
        checkpoint.Save(artifacts.Checkpoint);
        return artifacts;
    }

    private static OrtCheckpoint Start(
        OnnxModel model, ParameterLayout layout, Optimizer optimizer, TrainingArtifactsOptions options)
    {
        options.Start?.CheckFits(layout, []);
        var start = options.Start?.ToOrt(optimizer) ?? OrtCheckpoint.Of(model, layout);
        return options.Nominal ? start.ToNominal() : start;
    }

    private void Prepare(bool overwrite)
    {
        string[] files = [TrainingModel, EvalModel, OptimizerModel, Checkpoint];
        if (!overwrite && files.FirstOrDefault(Path.Exists) is { } existing)
            throw new ModelException($"{existing}: exists already; give another folder, or allow overwriting "
                + $"({nameof(TrainingArtifactsOptions.Overwrite)}, or --overwrite).");
        try
        {
            Directory.CreateDirectory(Folder);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ModelException($"{Folder}: the folder cannot be made ({error.Message}); give another one.",
                error);
        }
    }
}
