using MLNet.Detection.Evaluation;

namespace MLNet.Detection.Training;

/// <summary>What an epoch came to.</summary>
/// <param name="Epoch">From 1.</param>
/// <param name="Loss">Mean over its steps.</param>
/// <param name="Terms">Mean of each term over its steps.</param>
/// <param name="LearningRate">Of its last step.</param>
/// <param name="Duration">Training time, without validation.</param>
/// <param name="Validation">Metrics on the validation set; null without one.</param>
public sealed record EpochSummary(
    int Epoch, float Loss, IReadOnlyDictionary<string, float> Terms, float LearningRate, TimeSpan Duration,
    CocoMetrics? Validation);
