using System.Diagnostics;
using OnnxGraphs.Distributed;
using OnnxGraphs.Optimizers;
using OnnxGraphs.Training;

namespace MLNet.Detection.Training;

/// <summary>Epochs of steps. All that is not "take a batch, run the step" is a hook.</summary>
/// <param name="run">The run.</param>
/// <param name="batches">Its data.</param>
/// <param name="schedule">Its learning rates.</param>
/// <param name="epochs">Its length.</param>
/// <param name="reportEvery">Steps from one report of the loss to the next; the last one of an epoch is reported
/// too.</param>
/// <param name="hooks">Who looks on.</param>
/// <param name="ranks">Who takes the steps together: they stop together too, when one is told to, or when the first decides
/// it after an epoch.</param>
internal sealed class TrainingLoop(
    ITrainingRun run, BatchSource batches, LearningRateSchedule schedule, int epochs,
    int reportEvery, IReadOnlyList<ITrainingHook> hooks, IRanks ranks)
{
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly List<EpochSummary> _history = [];

    /// <summary>Trains from where the run stands to the end, and returns the epochs that it went through.</summary>
    /// <exception cref="OperationCanceledException">Cancelled between two steps.</exception>
    public IReadOnlyList<EpochSummary> Run(CancellationToken cancel)
    {
        var (means, begin) = (new RunningMeans(), _clock.Elapsed);
        foreach (var step in batches.From(run, epochs))
        {
            StopIfCancelled(cancel);
            var (rate, plan) = (schedule.At(run.Steps), step[0].Plan);
            foreach (var batch in step)
            {
                batch.Task.Match(run, batch);
                means.Waited(batch.Waited);
            }
            run.Advance(rate, [.. step.Select(batch => batch.Set)]);
            if (run.Steps % reportEvery != 0 && !plan.EndsEpoch)
                continue;
            var now = Report(plan.Epoch, rate);
            means.Add(now);
            if (!plan.EndsEpoch)
                continue;
            if (Finish(means.Summary(now, _clock.Elapsed - begin), now))
                break;
            (means, begin) = (new(), _clock.Elapsed);
        }
        return _history;
    }

    private TrainingProgress Report(int epoch, float rate)
    {
        var terms = run.Terms.ToDictionary(name => name, run.Term);
        var now = new TrainingProgress(epoch + 1, epochs, run.Steps, epochs * batches.StepsPerEpoch, rate,
            run.Term(TrainingGraph.Loss), terms, _clock.Elapsed);
        foreach (var hook in hooks)
            hook.AfterStep(run, now);
        return now;
    }

    private bool Finish(EpochSummary summary, TrainingProgress last)
    {
        foreach (var hook in hooks)
            summary = hook.AfterEpoch(run, summary);
        _history.Add(summary);
        ManagedMemory.GiveBack();
        foreach (var hook in hooks)
            hook.AfterStep(run, last with { Finished = summary, Elapsed = _clock.Elapsed });
        return ranks.OfFirst(hooks.Any(hook => hook.EndsRun(summary)));
    }

    private void StopIfCancelled(CancellationToken cancel)
    {
        if (!ranks.Any(cancel.IsCancellationRequested))
            return;
        foreach (var hook in hooks)
            hook.Cancelled(run);
        throw new OperationCanceledException(cancel);
    }
}
