using OnnxGraphs.Training;

namespace OnnxGraphs.Artifacts;

/// <summary>How training artifacts are written.</summary>
public sealed record TrainingArtifactsOptions
{
    /// <summary>Frozen weights and shapes of the inputs, batch size included.</summary>
    public TrainingGraphOptions Graph { get; init; } = new();

    /// <summary>What gradients are made of.</summary>
    public GradientKernels Kernels { get; init; } = GradientKernels.Standard;

    /// <summary>
    /// Where to go on from: weights and optimiser state of a run in this library, instead of the model's own weights.
    /// </summary>
    public Checkpoint? Start { get; init; }

    /// <summary>
    /// Whether the checkpoint lists names and types alone: a small file, for applications that load the weights
    /// themselves before the first step.
    /// </summary>
    public bool Nominal { get; init; }

    /// <summary>Whether artifacts that lie in the folder already are replaced.</summary>
    public bool Overwrite { get; init; }
}
