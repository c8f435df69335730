using System.Diagnostics;
using OnnxGraphs.Optimizers;
using OnnxGraphs.Training;

namespace MLNet.Detection.Training;

/// <summary>Epochs of steps. All that is not "fill the inputs, run the step" is a hook.</summary>
internal sealed class TrainingLoop(
    ITrainingRun run, TrainingInputs inputs, BatchSource batches, LearningRateSchedule schedule, int epochs,
    IReadOnlyList<ITrainingHook> hooks)
{
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly List<EpochSummary> _history = [];

    /// <summary>Trains from where the run stands to the end, and returns the epochs that it went through.</summary>
    /// <exception cref="OperationCanceledException">Cancelled between two steps.</exception>
    public IReadOnlyList<EpochSummary> Run(CancellationToken cancel)
    {
        for (var epoch = run.Steps / batches.StepsPerEpoch; epoch < epochs; epoch++)
        {
            var (means, begin) = (new RunningMeans(), _clock.Elapsed);
            var last = default(TrainingProgress);
            foreach (var batch in batches.Epoch(epoch, run.Steps - epoch * batches.StepsPerEpoch))
            {
                StopIfCancelled(cancel);
                last = Step(batch, epoch);
                means.Add(last);
                foreach (var hook in hooks)
                    hook.AfterStep(run, last);
            }
            if (last is not null && Finish(means.Summary(epoch + 1, last.LearningRate, _clock.Elapsed - begin), last))
                break;
        }
        return _history;
    }

    private TrainingProgress Step(Batch batch, int epoch)
    {
        inputs.Fill(run, batch);
        var rate = schedule.At(run.Steps);
        var loss = run.Step(rate);
        var terms = run.Terms.ToDictionary(name => name, run.Term);
        return new(epoch + 1, epochs, run.Steps, epochs * batches.StepsPerEpoch, rate, loss, terms, _clock.Elapsed);
    }

    private bool Finish(EpochSummary summary, TrainingProgress last)
    {
        foreach (var hook in hooks)
            summary = hook.AfterEpoch(run, summary);
        _history.Add(summary);
        foreach (var hook in hooks)
            hook.AfterStep(run, last with { Finished = summary, Elapsed = _clock.Elapsed });
        return hooks.Any(hook => hook.EndsRun(summary));
    }

    private void StopIfCancelled(CancellationToken cancel)
    {
        if (!cancel.IsCancellationRequested)
            return;
        foreach (var hook in hooks)
            hook.Cancelled(run);
        cancel.ThrowIfCancellationRequested();
    }
}
