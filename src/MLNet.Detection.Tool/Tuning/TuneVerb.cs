using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using MLNet.Detection.Tool.Terminal;
using Spectre.Console;

namespace MLNet.Detection.Tool.Tuning;

/// <summary>Searches options of <c>train</c>: short runs of many settings, longer ones of the best.</summary>
internal sealed class TuneVerb : Verb
{
    private readonly Option<string> _space = new("--space")
    {
        Description = "JSON file: options of 'train' with their choices, such as {\"lr\": {\"log\": [1e-4, 1e-2]}, "
            + "\"optimizer\": [\"adamw\", \"sgd\"]}.", Required = true,
    };
    private readonly Option<int> _trials = new("--trials")
    {
        Description = "Settings that are tried.", DefaultValueFactory = _ => 9,
    };
    private readonly Option<int> _least = new("--least-epochs")
    {
        Description = "Epochs of the first round.", DefaultValueFactory = _ => 2,
    };
    private readonly Option<int> _most = new("--epochs")
    {
        Description = "Epochs of the last round.", DefaultValueFactory = _ => 18,
    };
    private readonly Option<int> _factor = new("--factor")
    {
        Description = "One of so many settings goes on to the next round, which has so many times the epochs.",
        DefaultValueFactory = _ => 3,
    };
    private readonly Option<string> _metric = new("--metric")
    {
        Description = "The number of metrics.json that decides; MeanIoU, say, with --task segment.", DefaultValueFactory = _ => "MAP50_95",
    };
    private readonly Option<int> _seed = new("--seed")
    {
        Description = "Decides which settings are tried.", DefaultValueFactory = _ => 1,
    };
    private readonly Option<string> _output = new("--output")
    {
        Description = "Folder for all runs; a search that was stopped goes on in it.", DefaultValueFactory = _ => "tune",
    };
    private readonly Option<bool> _overwrite = new("--overwrite") { Description = "Replace the runs of another search in --output." };
    private readonly Argument<string[]> _train = new("train")
    {
        Description = "Behind --: options of 'train' that all runs have, --val among them.", Arity = ArgumentArity.ZeroOrMore,
    };

    public TuneVerb() : base("tune", "Searches for good options of 'train': successive halving over a space in JSON.")
    {
        Arguments.Add(_train);
        foreach (var option in new Option[] { _space, _trials, _least, _most, _factor, _metric, _seed, _output, _overwrite })
            Options.Add(option);
    }

    public override string Examples =>
        "mlnet-detect tune --space space.json --trials 9 -- --model detector.onnx --train data.yaml --val data.yaml";

    protected override void Run(ParseResult given, CancellationToken cancel)
    {
        var fixedOptions = given.GetValue(_train)!;
        AtLeast(given, _trials, 1);
        var trials = TrialDraw.Of(SearchSpace.Load(given.GetValue(_space)!), given.GetValue(_trials), new Random(given.GetValue(_seed)));
        TrialDraw.Check(trials, fixedOptions);
        MetricNames.Check(given.GetValue(_metric)!, fixedOptions);
        if (trials.Count < given.GetValue(_trials))
            AnsiConsole.WriteLine($"The space has {trials.Count} settings; each is tried once.");
        var halving = new SuccessiveHalving(given.GetValue(_least), given.GetValue(_most), given.GetValue(_factor));
        halving.Check();
        var folder = new SearchFolder(given.GetValue(_output)!, Search(given));
        folder.Begin(given.GetValue(_overwrite));
        var found = halving.Search(
            trials, (trial, epochs) => Score(trial, epochs, fixedOptions, folder, given.GetValue(_metric)!));
        Show(found, given.GetValue(_metric)!);
        if (found[0].Score < 0)
            throw new InvalidOperationException($"None of {found.Count} settings could be trained; the reasons are above.");
        Write(found, folder.Table, given.GetValue(_metric)!);
        AnsiConsole.WriteLine($"mlnet-detect train {string.Join(' ', Command(found[0], found[0].Epochs, fixedOptions).Select(ShellWord.Of))}");
    }

    private JsonObject Search(ParseResult given)
    {
        var search = new JsonObject
        {
            [_space.Name] = JsonNode.Parse(File.ReadAllText(given.GetValue(_space)!)), [_metric.Name] = given.GetValue(_metric),
            ["train"] = new JsonArray([.. given.GetValue(_train)!.Select(word => (JsonNode)word)]),
        };
        foreach (var option in new[] { _trials, _least, _most, _factor, _seed })
            search[option.Name] = given.GetValue(option);
        return search;
    }

    // A run that is there already, of a search that was stopped, is not repeated; half a run is.
    private static double Score(Trial trial, int epochs, string[] fixedOptions, SearchFolder search, string metric)
    {
        var folder = search.Run(trial, epochs);
        var (metrics, note) = (Path.Combine(folder, "metrics.json"), Path.Combine(folder, "command.txt"));
        var line = string.Join('\n', Command(trial, epochs, fixedOptions));
        if (!File.Exists(metrics) || !File.Exists(note) || File.ReadAllText(note) != line)
        {
            AnsiConsole.MarkupLineInterpolated(
                $"[bold]Trial {trial.Number}, {epochs} epochs[/]: {string.Join(' ', trial.Arguments)}");
            var code = CommandLine.Root()
                .Parse(["train", .. Command(trial, epochs, fixedOptions), "--output", folder, "--overwrite"]).Invoke();
            if (code > 1)
                throw new OperationCanceledException();
            if (code != 0)
                return -1;
            File.WriteAllText(note, line);
        }
        return (double?)JsonNode.Parse(File.ReadAllText(metrics))![metric]
            ?? throw new ArgumentException($"{metrics} has no number '{metric}'; give --metric one that it has.");
    }

    private static IEnumerable<string> Command(Trial trial, int epochs, string[] fixedOptions) =>
        [.. fixedOptions, .. trial.Arguments, "--epochs", epochs.ToString(CultureInfo.InvariantCulture)];

    private static void Show(IReadOnlyList<Trial> trials, string metric)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumns("Trial", "Epochs", metric, "Options");
        foreach (var trial in trials)
            table.AddRow($"{trial.Number}", $"{trial.Epochs}", Number(trial.Score),
                Markup.Escape(string.Join(' ', trial.Arguments)));
        AnsiConsole.Write(table);
    }

    private static void Write(IReadOnlyList<Trial> trials, string path, string metric) =>
        File.WriteAllLines(path, trials.Select(trial =>
            $"{trial.Number},{trial.Epochs},{Number(trial.Score)},\"{string.Join(' ', trial.Arguments).Replace("\"", "\"\"")}\"")
            .Prepend($"trial,epochs,{metric},options"));

    private static string Number(double score) => score < 0 ? "failed" : score.ToString("f4", CultureInfo.InvariantCulture);
}
