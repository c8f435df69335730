using OnnxGraphs.Runtime;

namespace MLNet.Detection.Training;

/// <summary>What a training run came to, whatever was trained.</summary>
/// <param name="History">The epochs.</param>
/// <param name="SkippedImages">Images that could not be read, with the reason.</param>
public abstract record TrainingResult(IReadOnlyList<EpochSummary> History, IReadOnlyList<string> SkippedImages)
{
    /// <summary>Where the steps ran.</summary>
    public Device Device { get; init; } = Device.Cpu;

    /// <summary>Which execution providers computed the step; null on the processor.</summary>
    public NodePlacement? Placement { get; init; }
}
