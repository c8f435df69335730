using OnnxGraphs.Training;

namespace MLNet.Detection.Training.Hooks;

/// <summary>Keeps one checkpoint, written after every epoch and when the run is cancelled.</summary>
internal sealed class WriteCheckpoint(string path, IReadOnlyDictionary<string, string> notes) : ITrainingHook
{
    public EpochSummary AfterEpoch(TrainingRun run, EpochSummary summary)
    {
        Write(run);
        return summary;
    }

    public void Cancelled(TrainingRun run) => Write(run);

    private void Write(TrainingRun run) => (run.Save() with { Notes = notes }).Save(path);
}
