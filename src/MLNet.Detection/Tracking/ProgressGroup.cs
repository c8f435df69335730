using MLNet.Detection.Training;

namespace MLNet.Detection.Tracking;

/// <summary>Tells several listeners of a run, one after the other.</summary>
/// <param name="listeners">The listeners.</param>
public sealed class ProgressGroup(params IReadOnlyList<IProgress<TrainingProgress>> listeners) : IProgress<TrainingProgress>
{
    /// <inheritdoc/>
    public void Report(TrainingProgress value)
    {
        foreach (var listener in listeners)
            listener.Report(value);
    }
}
