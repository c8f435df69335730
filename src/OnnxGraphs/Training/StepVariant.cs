using OnnxGraphs.Models;

namespace OnnxGraphs.Training;

/// <summary>One of several steps on the same weights, for data of another shape.</summary>
/// <param name="Model">The model; its weights are those of the other steps.</param>
/// <param name="Heads">Names of the values to cut it at.</param>
/// <param name="Loss">The loss on these values.</param>
/// <param name="Options">Frozen weights, and the shapes of the inputs.</param>
public sealed record StepVariant(
    OnnxModel Model, IReadOnlyList<string> Heads, LossBuilder Loss, TrainingGraphOptions Options);
