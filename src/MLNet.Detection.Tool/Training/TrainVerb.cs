using System.CommandLine;
using MLNet.Detection.Tool.Terminal;

namespace MLNet.Detection.Tool.Training;

/// <summary>Tunes an exported detector or segmentation network on a data set and writes model, metrics, log and report.</summary>
internal sealed class TrainVerb : Verb
{
    private readonly Settings _settings = new();
    private readonly DateTime _started = DateTime.UtcNow;

    public TrainVerb() : base("train", Settings.Description)
    {
        foreach (var option in _settings.All)
            Options.Add(option);
    }

    public override string Examples => Settings.Examples;

    protected override bool EndsByItself => true;

    // A folder may hold the checkpoint of an older run, which this one would have replaced.
    protected override string GoOn(ParseResult given)
    {
        var folder = _settings.OutputFolder(given);
        var checkpoint = new FileInfo(Path.Combine(folder, "checkpoint.safetensors"));
        return checkpoint.Exists && (given.GetValue(_settings.Resume) is not null || checkpoint.LastWriteTimeUtc >= _started)
            ? $"Go on with --resume {folder}" : "No step was finished; start again.";
    }

    protected override void Run(ParseResult given, CancellationToken cancel) => RankedRun.Do(ranked =>
        (given.GetValue(_settings.Task) == "segment" ? (TaskRun)new SegmentRun(given, _settings, ranked, cancel)
            : new DetectRun(given, _settings, ranked, cancel)).Go());
}
