using MLNet.Detection.Data;
using OnnxGraphs.Training;

namespace MLNet.Detection.Training.Hooks;

/// <summary>
/// One line an epoch in a CSV file: epoch, learning rate, loss, its terms, metrics, seconds, seconds of waiting. The
/// file is written anew each time, beside its place and then moved, so that it is whole whenever a run is killed.
/// </summary>
internal sealed class WriteEpochs : ITrainingHook
{
    private readonly string _path;
    private readonly List<string> _lines;

    /// <summary>Begins a file; one that is there already (a resumed run) keeps its epochs before the given one.</summary>
    /// <param name="path">Where.</param>
    /// <param name="done">Epochs that are done.</param>
    public WriteEpochs(string path, int done)
    {
        _path = path;
        _lines = [.. KeptLines.Of(path, done)];
    }

    /// <summary>Before the checkpoint: a run that is killed between the two goes on from the epoch before.</summary>
    public EpochSummary AfterEpoch(ITrainingRun run, EpochSummary epoch)
    {
        var metrics = epoch.Metrics?.Shown ?? [];
        if (_lines.Count == 0)
            _lines.Add(string.Join(',', ["epoch", "learning_rate", "loss", .. epoch.Terms.Keys,
                .. metrics.Select(metric => metric.Name), "seconds", "waited_seconds"]));
        IEnumerable<FormattableString> fields =
        [
            $"{epoch.Epoch}", $"{epoch.LearningRate:g9}", $"{epoch.Loss:g9}",
            .. epoch.Terms.Values.Select(term => (FormattableString)$"{term:g9}"),
            .. metrics.Select(metric => (FormattableString)$"{metric.Value:g9}"),
            $"{epoch.Duration.TotalSeconds:f3}", $"{epoch.Waited.TotalSeconds:f3}",
        ];
        _lines.Add(string.Join(',', fields.Select(FormattableString.Invariant)));
        WholeFile.Write(_path, "the epochs", path => File.WriteAllLines(path, _lines));
        return epoch;
    }
}
