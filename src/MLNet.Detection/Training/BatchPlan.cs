namespace MLNet.Detection.Training;

/// <summary>What a pass of a step learns.</summary>
/// <param name="Step">Number of the step in the run, from 0.</param>
/// <param name="Epoch">From 0.</param>
/// <param name="Choices">The images.</param>
/// <param name="EndsStep">Whether it is the last pass of its step.</param>
/// <param name="EndsEpoch">Whether its step is the last one of its epoch.</param>
internal sealed record BatchPlan(int Step, int Epoch, SampleChoice[] Choices, bool EndsStep, bool EndsEpoch)
{
    /// <summary>Which of the sizes of pictures it takes, from 0.</summary>
    public int Size { get; init; }
}
