using OnnxGraphs.Training;

namespace MLNet.Detection.Training.Hooks;

/// <summary>Ends the run when the loss is no number any more; the last checkpoint stays as it is.</summary>
internal sealed class StopAtNaN(string? checkpoint) : ITrainingHook
{
    public void AfterStep(TrainingRun run, TrainingProgress progress)
    {
        if (!float.IsFinite(progress.Loss))
            throw new TrainingDivergedException(progress, checkpoint is not null && File.Exists(checkpoint) ? checkpoint : null);
    }
}
