using static System.FormattableString;

namespace MLNet.Detection.Training;

/// <summary>The loss or a weight became infinite or no number.</summary>
public sealed class TrainingDivergedException : Exception
{
    internal TrainingDivergedException(TrainingProgress at, string? checkpoint, string? what = null)
        : base($"{what ?? What(at)} {Where(at)}. "
            + (checkpoint is null ? "No checkpoint had been written yet" : $"The last good checkpoint is {checkpoint}")
            + ". Lower the learning rate, warm up longer, or set the optimizer's ClipNorm.") =>
        (Progress, Checkpoint) = (at, checkpoint);

    /// <summary>The step.</summary>
    public TrainingProgress Progress { get; }

    /// <summary>The last good checkpoint; null where none had been written.</summary>
    public string? Checkpoint { get; }

    private static string What(TrainingProgress at) => float.IsFinite(at.Loss)
        ? "A weight became infinite or no number" : Invariant($"The loss became {at.Loss}");

    private static string Where(TrainingProgress at) =>
        Invariant($"at step {at.Step} (epoch {at.Epoch}, learning rate {at.LearningRate:g3}, ")
        + string.Join(", ", at.Terms.Select(term => Invariant($"{term.Key} {term.Value}"))) + ")";
}
