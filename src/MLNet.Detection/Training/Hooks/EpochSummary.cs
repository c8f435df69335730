using MLNet.Detection.Evaluation;
using OnnxGraphs.Precision;

namespace MLNet.Detection.Training;

/// <summary>What an epoch came to.</summary>
/// <param name="Epoch">From 1.</param>
/// <param name="Loss">Mean over its reported steps.</param>
/// <param name="Terms">Mean of each term over its reported steps.</param>
/// <param name="LearningRate">Of its last step.</param>
/// <param name="Duration">Training time, without validation.</param>
/// <param name="Metrics">Metrics on the validation set; null without one.</param>
public sealed record EpochSummary(
    int Epoch, float Loss, IReadOnlyDictionary<string, float> Terms, float LearningRate, TimeSpan Duration,
    IEpochMetrics? Metrics)
{
    /// <summary>The metrics of a detector; null of other models, and without a validation set.</summary>
    public CocoMetrics? Validation => Metrics as CocoMetrics;

    /// <summary>
    /// Of its duration, the time in which steps waited for their data: near zero where the steps decide how long training
    /// takes. Where it is not, <see cref="TrainingOptions.Workers"/> helps on a machine with idle processors.
    /// </summary>
    public TimeSpan Waited { get; init; }

    /// <summary>
    /// Where the scaling of the loss stands (steps in float16), with the number of steps skipped since the run began; null
    /// where the loss is not scaled.
    /// </summary>
    public LossScaleState? LossScale { get; init; }

    /// <summary>Pictures of the validation set with what was found in them, as many as
    /// <see cref="TrainingOptions.ShownPictures"/> asks for.</summary>
    public IReadOnlyList<FoundPicture> Pictures { get; init; } = [];
}
