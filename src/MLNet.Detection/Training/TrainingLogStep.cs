namespace MLNet.Detection.Training;

/// <summary>One step of a log.</summary>
/// <param name="Step">From 1.</param>
/// <param name="Epoch">From 1.</param>
/// <param name="LearningRate">Of the step.</param>
/// <param name="Loss">The sum of the terms.</param>
/// <param name="Terms">The terms, in the order of the log's names.</param>
public sealed record TrainingLogStep(
    int Step, int Epoch, double LearningRate, double Loss, IReadOnlyList<double> Terms);
