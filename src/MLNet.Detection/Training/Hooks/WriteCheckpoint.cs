using OnnxGraphs.Training;

namespace MLNet.Detection.Training.Hooks;

/// <summary>Keeps one checkpoint, written after every epoch and when the run is cancelled.</summary>
/// <param name="path">Where.</param>
/// <param name="notes">The settings of the run.</param>
/// <param name="validate">What must be remembered too; null where nothing is measured.</param>
internal sealed class WriteCheckpoint(
    string path, IReadOnlyDictionary<string, string> notes, Validate? validate) : ITrainingHook
{
    /// <summary>The checkpoint, once this run has written it.</summary>
    public string? Written { get; private set; }

    public EpochSummary AfterEpoch(ITrainingRun run, EpochSummary summary)
    {
        Write(run);
        return summary;
    }

    public void Cancelled(ITrainingRun run) => Write(run);

    private void Write(ITrainingRun run)
    {
        run.WriteCheckpoint(path, validate is null ? notes : notes.Concat(validate.Notes()).ToDictionary(), validate?.Vectors() ?? []);
        Written = path;
    }
}
