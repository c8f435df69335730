using Microsoft.ML.Runtime;
using OnnxGraphs.Training;

namespace MLNet.Detection.Training.Hooks;

/// <summary>
/// Tells the caller: every step through <see cref="IProgress{T}"/>, every epoch through the callback and the log.
/// </summary>
internal sealed class Report(
    IProgress<TrainingProgress>? progress, Action<EpochSummary>? callback, IChannel channel) : ITrainingHook
{
    public void AfterStep(ITrainingRun run, TrainingProgress now)
    {
        progress?.Report(now);
        if (now.Finished is not { } epoch)
            return;
        callback?.Invoke(epoch);
        var metrics = epoch.Metrics is { } found ? $", validation {found.ToWords()}" : "";
        var scale = epoch.LossScale is { } s ? $", loss scale {s.Scale}, {s.Skipped} steps skipped so far" : "";
        var (seconds, waited) = (epoch.Duration.TotalSeconds, epoch.Waited.TotalSeconds);
        channel.Info(MessageSensitivity.None, "{0}",
            $"Epoch {epoch.Epoch} of {now.Epochs}: loss {epoch.Loss:f4} in {seconds:f1} s, of them {waited:f1} s waiting for "
            + $"data{metrics}{scale}");
    }
}
