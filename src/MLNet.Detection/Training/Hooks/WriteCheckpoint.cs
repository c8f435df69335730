using OnnxGraphs.Training;

namespace MLNet.Detection.Training.Hooks;

/// <summary>Keeps one checkpoint, written after every epoch and when the run is cancelled.</summary>
/// <param name="path">Where.</param>
/// <param name="notes">The settings of the run.</param>
/// <param name="add">Adds what hooks must remember.</param>
internal sealed class WriteCheckpoint(
    string path, IReadOnlyDictionary<string, string> notes, Func<Checkpoint, Checkpoint> add) : ITrainingHook
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
        add(run.Save() with { Notes = notes }).Save(path);
        Written = path;
    }
}
