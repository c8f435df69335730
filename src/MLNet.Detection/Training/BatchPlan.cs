namespace MLNet.Detection.Training;

/// <summary>What a step of a run learns.</summary>
/// <param name="Step">Number of the step in the run, from 0.</param>
/// <param name="Epoch">From 0.</param>
/// <param name="Choices">The images.</param>
/// <param name="EndsEpoch">Whether it is the last step of its epoch.</param>
internal sealed record BatchPlan(int Step, int Epoch, SampleChoice[] Choices, bool EndsEpoch);
