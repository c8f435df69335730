namespace MLNet.Detection.Training;

/// <summary>Where a run stands; reported after every step (or every <see cref="TrainingOptions.ReportEvery"/>),
/// and once more after an epoch's validation.</summary>
/// <param name="Epoch">From 1.</param>
/// <param name="Epochs">Of the whole run.</param>
/// <param name="Step">Steps done, counted over all epochs.</param>
/// <param name="Steps">Of the whole run.</param>
/// <param name="LearningRate">Of the last step.</param>
/// <param name="Loss">Of the last step, the sum of the terms.</param>
/// <param name="Terms">Of the last step by name, for example "classification" and "box".</param>
/// <param name="Elapsed">Since the run (or its resumption) began.</param>
public sealed record TrainingProgress(
    int Epoch, int Epochs, int Step, int Steps, float LearningRate, float Loss,
    IReadOnlyDictionary<string, float> Terms, TimeSpan Elapsed)
{
    /// <summary>What the epoch came to, in the report after its last step; otherwise null.</summary>
    public EpochSummary? Finished { get; init; }
}
