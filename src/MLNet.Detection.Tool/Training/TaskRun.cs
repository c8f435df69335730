using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.ML;
using MLNet.Detection.Augmentation;
using MLNet.Detection.Reports;
using MLNet.Detection.Tool.Dashboard;
using MLNet.Detection.Tool.Terminal;
using MLNet.Detection.Tracking;
using MLNet.Detection.Training;
using OnnxGraphs.Distributed;
using OnnxGraphs.Precision;
using OnnxGraphs.Runtime;
using OnnxGraphs.Training;

namespace MLNet.Detection.Tool.Training;

/// <summary>One run, from the options to the files, whatever is trained.</summary>
internal abstract class TaskRun(ParseResult given, Settings settings, RankedRun ranked, CancellationToken cancel)
{
    private const int ShownPictures = 8;

    protected ParseResult Given => given;

    protected Settings Settings => settings;

    protected RankedRun Ranked => ranked;

    private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);

    /// <summary>Ctrl+C, or the button of the dashboard.</summary>
    protected CancellationToken Cancel => _stop.Token;

    protected MLContext Ml { get; } = new(given.GetValue(settings.Seed));

    public void Go()
    {
        OptionUse.Check(Given, Settings);
        var device = Device();
        var resume = Given.GetValue(Settings.Resume) is not null;
        var path = Ranked.Ranks.OfFirst(Settings.OutputFolder(Given));
        var folder = !Ranked.Ranks.IsFirst() ? RunFolder.Create(path, overwrite: true)
            : resume ? RunFolder.Resume(path) : RunFolder.Create(path, Given.GetValue(Settings.Overwrite));
        try
        {
            using var display = new Display();
            Ml.Log += (_, entry) => display.Log(entry);
            using var events = Given.GetValue(Settings.TensorBoard) && Ranked.Ranks.IsFirst() ? new TensorBoardLog(Path.Combine(folder.Path, "events")) : null;
            using var dashboard = Ranked.Ranks.IsFirst() ? Dashboard() : null;
            Train(new(folder, resume, device, display, Stopwatch.StartNew())
            {
                Listeners = [.. new IProgress<TrainingProgress>?[] { display, events, dashboard }.OfType<IProgress<TrainingProgress>>()],
            });
        }
        finally
        {
            // Two that remove it at once would hide what went wrong.
            if (Ranked.Ranks.IsFirst())
                folder.RemoveIfEmpty();
        }
    }

    protected abstract void Train(RunPlace place);

    /// <summary>Options with what all tasks are told on the command line.</summary>
    protected T With<T>(T options, Recipe recipe, RunPlace place) where T : TrainingOptions =>
        (T)((TrainingOptions)options with
        {
            Optimizer = recipe.Optimizer,
            Average = recipe.Average,
            LearningRate = recipe.LearningRate,
            WarmUpEpochs = recipe.WarmUpEpochs,
            Decay = recipe.Decay,
            Groups = recipe.Groups,
            CloseMixEpochs = Given.GetValue(Settings.CloseMix),
            Sampler = Sampler(Given.GetValue(Settings.Seed)),
            BatchStatistics = Given.GetValue(Settings.BatchStatistics),
            Augmentations = [.. Given.GetValue(Settings.Augment)!.Select(Augmentation).OfType<IAugmentation>()],
            Epochs = recipe.Epochs,
            BatchSize = recipe.BatchSize,
            Accumulate = Given.GetValue(Settings.Accumulate),
            Recompute = Given.GetValue(Settings.Recompute),
            Frozen = Given.GetValue(Settings.Freeze)!,
            FrozenDepth = Given.GetValue(Settings.FreezeDepth),
            HeadsOnly = Given.GetValue(Settings.HeadsOnly),
            Seed = Given.GetValue(Settings.Seed),
            Device = place.Device,
            Precision = Precision(),
            Backend = new StepBackend { Ranks = Ranked.Ranks },
            Workers = Given.GetValue(Settings.Workers),
            Cache = Given.GetValue(Settings.Cache) ?? new(),
            WorkspacePath = place.Folder.Path,
            ResumeFrom = place.Resume ? place.Folder.Checkpoint : null,
            Progress = new ProgressGroup(place.Listeners),
            ShownPictures = place.Listeners.Count > 1 ? ShownPictures : 0,
            Cancellation = Cancel,
        });

    /// <summary>The same with the batch that fits into memory, where it is to be found; a resumed run takes the one that was
    /// found when it began.</summary>
    protected T WithBatch<T>(T options, Recipe recipe, RunPlace place, Func<long?, BatchFit> find) where T : TrainingOptions
    {
        if (!recipe.FindsBatch)
            return Given.GetValue(Settings.Memory) is null ? options
                : throw new ArgumentException("--memory is for --batch auto; give that too, or leave --memory out.");
        if (place.Resume && Checkpoint.Load(place.Folder.Checkpoint).Notes.TryGetValue("batch_size", out var images))
            recipe.FoundBatch = int.Parse(images, CultureInfo.InvariantCulture) / options.Accumulate;
        else
        {
            var fit = find(Given.GetValue(Settings.Memory) is { } memory ? BatchFit.ParseBytes(memory) : null);
            if (!fit.Fits)
                throw new ArgumentException($"No batch fits: {fit}. Give more --memory, or a model with smaller pictures.");
            recipe.FoundBatch = fit.BatchSize;
            Display.Found(fit);
        }
        return (T)((TrainingOptions)options with { BatchSize = recipe.BatchSize });
    }

    /// <summary>What the metrics file says of the run itself.</summary>
    protected Dictionary<string, JsonNode?> Facts(TrainingResult result, TimeSpan elapsed, double peak) => new()
    {
        ["seconds"] = Math.Round(elapsed.TotalSeconds, 1), ["peak_megabytes"] = Math.Round(peak),
        ["waited_seconds"] = Math.Round(result.History.Sum(epoch => epoch.Waited.TotalSeconds), 2),
        ["ranks"] = Ranked.Ranks.Count, ["device"] = $"{result.Device}", ["nodes"] = result.Placement?.ToString(),
        ["precision"] = Given.GetValue(Settings.Precision),
        ["skipped_steps"] = result.History.LastOrDefault()?.LossScale?.Skipped,
        ["skipped_images"] = new JsonArray([.. result.SkippedImages.Select(image => (JsonNode)image)]),
    };

    /// <summary>Of a data set in parts, each option takes the part of its name; null is all of it.</summary>
    protected static string? Split(IReadOnlyList<string> parts, string path, string part)
    {
        if (parts.Contains(part))
            return part;
        if (parts.Count > 0)
            Display.Warn($"{path} has the parts {string.Join(", ", parts)}, but no \"{part}\": all of it is taken.");
        return null;
    }

    private DashboardServer? Dashboard()
    {
        if (Given.GetResult(Settings.Dashboard) is null or { Implicit: true })
            return null;
        var server = new DashboardServer(Given.GetValue(Settings.Dashboard) ?? 0, _stop.Cancel);
        Display.Open(server.Address);
        return server;
    }

    private Sampler? Sampler(int seed)
    {
        var (balanced, rare) = (Given.GetValue(Settings.Sampling) == "class-balanced", Given.GetValue(Settings.RepeatFactor));
        if (balanced && rare is not null)
            throw new ArgumentException("--sampling class-balanced and --repeat-factor both say how often pictures come; give one.");
        return balanced ? new ClassBalancedSampler(seed) : rare is { } part ? new RepeatFactorSampler(part, seed) : null;
    }

    private IAugmentation? Augmentation(string name) => name switch
    {
        "crop" => Given.GetValue(Settings.Task) == "segment" ? new RandomCrop() : new RandomIouCrop(),
        "zoom" => new RandomZoom(), "color" => new ColorJitter(), "flip" => new VerticalFlip(),
        "turn" => new RandomTurn(), "scale" => new RandomScale(), "elastic" => new ElasticDeformation(),
        "affine" => new RandomAffine(), "rotate" => new RandomRotation(), "perspective" => new RandomPerspective(),
        "hsv" => new HsvJitter(), "blur" => new GaussianBlur(), "noise" => new GaussianNoise(), "jpeg" => new JpegArtefacts(),
        "cutout" => new Cutout(), _ => null,
    };

    // One that cannot be used says so before anything is written.
    private Device Device()
    {
        var device = OnnxGraphs.Runtime.Device.Parse(Given.GetValue(Settings.Device)!);
        var host = Ranked.Ranks.Count == 1 ? new(0, Threads: 0) : RankHost.Of(Ranked.Ranks);
        foreach (var option in new Option[] { Settings.Tf32, Settings.CudaGraph })
            if (!device.IsCuda && Verb.IsGiven(Given, option))
                throw new ArgumentException(
                    $"{option.Name} is for CUDA, but --device is {device}; give --device cuda:0, or leave {option.Name} out.");
        device = device with
        {
            // A GPU without a number is each rank's own.
            Id = device.IsProcessor || Given.GetValue(Settings.Device)!.Contains(':') ? device.Id : host.Rank,
            Threads = Given.GetValue(Settings.Threads) is > 0 and var threads ? threads : host.Threads,
            Kernels = Given.GetValue(Settings.Kernels) == "on",
            Tf32 = Given.GetValue(Settings.Tf32) == "on",
            CaptureGraph = Given.GetValue(Settings.CudaGraph),
        };
        device.CreateSessionOptions().Dispose();
        if (!device.IsCuda && Precision() == StepPrecision.BFloat16)
            throw new ArgumentException(
                $"--precision is bf16, which needs --device cuda:N, but --device is {device}; expected fp32, or fp16.");
        return device;
    }

    private StepPrecision Precision() => Given.GetValue(Settings.Precision) switch
    {
        "fp16" => StepPrecision.Float16, "bf16" => StepPrecision.BFloat16, _ => StepPrecision.Float32,
    };
}
