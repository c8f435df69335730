using OnnxGraphs.Training;

namespace MLNet.Detection.Training.Hooks;

/// <summary>
/// Ends the run when the loss or a weight is no number any more; the last checkpoint stays as it is. A step in float16
/// that overflowed was skipped, and the next ones have a smaller loss scale: that ends the run only where it fell to its
/// floor.
/// </summary>
/// <param name="checkpoint">Gives the last checkpoint of the run; null where there is none.</param>
internal sealed class StopAtNaN(Func<string?> checkpoint) : ITrainingHook
{
    private TrainingProgress? _last;

    public void AfterStep(ITrainingRun run, TrainingProgress progress)
    {
        _last = progress;
        if (!float.IsFinite(progress.Loss) && run.LossScale is not { IsAtFloor: false })
            throw new TrainingDivergedException(progress, checkpoint());
    }

    public EpochSummary AfterEpoch(ITrainingRun run, EpochSummary summary)
    {
        Check(run);
        return summary with { LossScale = run.LossScale };
    }

    public void Cancelled(ITrainingRun run) => Check(run);

    // A finite loss may have infinite gradients: what is written must be good.
    private void Check(ITrainingRun run)
    {
        if (_last is not null && !run.Read(0).All(float.IsFinite))
            throw new TrainingDivergedException(_last, checkpoint());
        if (_last is not null && run.LossScale is { IsAtFloor: true, GoodSteps: 0, Skipped: > 0 } state)
            throw new TrainingDivergedException(_last, checkpoint(), FormattableString.Invariant(
                $"The gradient overflows even with the smallest loss scale, {state.Scale},"));
    }
}
