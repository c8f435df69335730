using System.Text.Json;
using Microsoft.ML;
using MLNet.Detection.Builtin;
using MLNet.Detection.Data;
using MLNet.Detection.Detectors;
using MLNet.Detection.Heads;
using MLNet.Detection.Scoring;
using MLNet.Detection.Tests.Data;
using MLNet.Detection.Training;
using MLNet.Detection.Web;
using OnnxGraphs.Tests.Artifacts;

namespace MLNet.Detection.Tests.Web;

/// <summary>A page over generated pictures, and its modules at work in Node.js.</summary>
internal sealed class SmallSite : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public SmallSite(Func<FineTuneTrainer.Options, FineTuneTrainer.Options>? change = null, WebTrainerOptions? web = null,
        DetectorModel? detector = null)
    {
        var files = ShapesGenerator.Write(_folder.File("data"), new() { Width = Side, Height = Side, Train = 10, Val = 3, Test = 0 });
        (Train, Val, Images) = (Load(files.Train), Load(files.Val), files.Images);
        Options = (change ?? (options => options))(new()
        {
            Detector = detector ?? Tiny(), Loss = detector is null ? ScratchRecipe.Loss : null, Optimizer = ScratchRecipe.Optimizer,
            BatchSize = 4, LearningRate = 2e-3f, Epochs = 2, WarmUpEpochs = 0.5f, Seed = 3, ValidationSet = Val, Workers = 0,
        });
        new FineTuneTrainer(new MLContext(seed: 1), Options).WriteWebTrainer(Site, Train, web);
        File.WriteAllText(Path.Combine(Site, "package.json"), """{ "type": "module" }""");

        DetectionDataView Load(string json) => new(CocoDataset.Load(json, files.Images));
    }

    /// <summary>Pixels of the pictures, each way.</summary>
    public const int Side = 64;

    public static IReadOnlyList<string> Classes { get; } = [.. ShapesGenerator.Categories.Select(category => category.Name)];

    public string Site => _folder.File("site");

    public DetectionDataView Train { get; }

    public DetectionDataView Val { get; }

    public string Images { get; }

    public FineTuneTrainer.Options Options { get; }

    public string At(string name) => _folder.File(name);

    public JsonElement Manifest => JsonDocument.Parse(File.ReadAllText(Path.Combine(Site, "manifest.json"))).RootElement;

    /// <summary>A detector of few weights, 64 x 64 pixels.</summary>
    public static DetectorModel Tiny()
    {
        var detector = Build(Classes);
        // Low enough for what a few steps teach.
        return detector with { Decoder = detector.Decoder with { ScoreThreshold = 0.005f } };
    }

    /// <summary>The same with a background column, which learns by SSD's loss.</summary>
    public static DetectorModel TinySsd() => Build(["background", .. Classes]) with
    {
        Classes = Classes, Decoder = DetectionDecoder.Ssd, Head = new SsdHead(),
    };

    private static DetectorModel Build(IReadOnlyList<string> columns) => new SmallDetector
    {
        Classes = columns, Width = 64, Height = 64, StageChannels = [8, 16, 16, 24, 24], PyramidChannels = 16,
    }.Build();

    /// <summary>Runs a plan in Node.js.</summary>
    public JsonElement Node(
        object plan, IReadOnlyDictionary<string, string>? environment = null, string script = "steps.mjs")
    {
        var (from, to) = (_folder.File("plan.json"), _folder.File("result.json"));
        File.WriteAllText(from, JsonSerializer.Serialize(plan));
        (NodeScript.WebRuntime with { Environment = environment ?? new Dictionary<string, string>() }).Run(script, from, to);
        return JsonDocument.Parse(File.ReadAllText(to)).RootElement;
    }

    /// <summary>The steps that the page would take, taken natively.</summary>
    public RecordedRun Native(int steps)
    {
        var chosen = Node(new { site = Site, choices = steps }).GetProperty("choices").EnumerateArray()
            .SelectMany(step => step.EnumerateArray())
            .Select(one => new SampleChoice(one.GetProperty("index").GetInt32(), one.GetProperty("mirror").GetBoolean()));
        var recorded = new RecordedRun(_folder.File("states"));
        new FineTuneTrainer(new MLContext(seed: 1), Options with
        {
            Sampler = new RecordedRun.Choices([.. chosen]), Backend = recorded, ValidationSet = null,
        }).Train(Train);
        return recorded;
    }

    public void Dispose() => _folder.Dispose();
}
