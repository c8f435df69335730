using System.CommandLine;
using MLNet.Detection.Tool.Terminal;

namespace MLNet.Detection.Tool.Training;

/// <summary>Tunes an exported detector or segmentation network on a data set and writes model, metrics, log and report.</summary>
internal sealed class TrainVerb : Verb
{
    private readonly Settings _settings = new();

    public TrainVerb() : base("train", Settings.Description)
    {
        foreach (var option in _settings.All)
            Options.Add(option);
    }

    public override string Examples => Settings.Examples;

    protected override bool EndsByItself => true;

    protected override string GoOn(ParseResult given) => $"Go on with --resume {_settings.OutputFolder(given)}";

    protected override void Run(ParseResult given, CancellationToken cancel) => RankedRun.Do(ranked =>
        (given.GetValue(_settings.Task) == "segment" ? (TaskRun)new SegmentRun(given, _settings, ranked, cancel)
            : new DetectRun(given, _settings, ranked, cancel)).Go());
}
