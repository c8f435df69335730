using System.CommandLine;
using System.Diagnostics;
using System.Text.Json.Nodes;
using Microsoft.ML;
using MLNet.Detection;
using MLNet.Detection.Augmentation;
using MLNet.Detection.Data;
using MLNet.Detection.Detectors;
using MLNet.Detection.Estimators;
using MLNet.Detection.Evaluation;
using MLNet.Detection.Images;
using MLNet.Detection.Reports;
using MLNet.Detection.Training;
using OnnxGraphs.Precision;
using OnnxGraphs.Runtime;

namespace MLNet.Detection.Tool.Training;

/// <summary>One run, from the options to the files.</summary>
internal sealed class Run(ParseResult given, Settings settings, CancellationToken cancel)
{
    private readonly MLContext _ml = new(given.GetValue(settings.Seed));

    private readonly Recipe _recipe = new(given, settings);

    public void Go()
    {
        var device = Device();
        var resume = given.GetValue(settings.Resume) is not null;
        var path = settings.OutputFolder(given);
        var folder = resume ? RunFolder.Resume(path) : RunFolder.Create(path, given.GetValue(settings.Overwrite));
        try
        {
            Train(folder, resume, device, Stopwatch.StartNew());
        }
        finally
        {
            folder.RemoveIfEmpty();
        }
    }

    private void Train(RunFolder folder, bool resume, Device device, Stopwatch clock)
    {
        using var display = new Display();
        _ml.Log += (_, entry) => display.Log(entry);

        var (train, val, test) = Data(folder, resume);
        var detector = new Import(given, settings).Detector(train);
        foreach (var warning in detector.Warnings)
            display.Tell(warning);
        Display.Start(detector, train, test, folder);

        var trainer = _ml.Detection().FineTune(new FineTuneTrainer.Options
        {
            Detector = detector,
            Loss = _recipe.Loss,
            Optimizer = _recipe.Optimizer,
            Average = _recipe.Average,
            LearningRate = _recipe.LearningRate,
            WarmUpEpochs = given.GetValue(settings.WarmUp),
            Augmentations = [.. given.GetValue(settings.Augment)!.Select(Augmentation).OfType<IAugmentation>()],
            Mix = Mix(given.GetValue(settings.Augment)!, detector.Resize),
            Epochs = _recipe.Epochs,
            BatchSize = _recipe.BatchSize,
            Frozen = given.GetValue(settings.Freeze)!,
            FrozenDepth = given.GetValue(settings.FreezeDepth),
            HeadsOnly = given.GetValue(settings.HeadsOnly),
            Seed = given.GetValue(settings.Seed),
            Device = device,
            Precision = Precision(),
            Workers = given.GetValue(settings.Workers),
            ValidationSet = val,
            WorkspacePath = folder.Path,
            ResumeFrom = resume ? folder.Checkpoint : null,
            Progress = display,
            Cancellation = cancel,
        });
        var result = display.During(() => trainer.Train(train));
        folder.Write(result.Detector);
        Measure(folder, result, test ?? val ?? train, clock);
    }

    // Scores held-out pictures as an application would, and writes what came out.
    private void Measure(RunFolder folder, FineTuneResult result, DetectionDataView heldOut, Stopwatch clock)
    {
        using var transformer = _ml.Detection().LoadDetector(folder.Model);
        var scored = transformer.Transform(heldOut);
        var measured = HeldOut.Read(scored);
        var metrics = measured.Analysis.Metrics;
        // Of a file of whole numbers the floats that it was trained in are measured too: what rounding cost.
        var floats = transformer.Model.ScoresWholeNumbers ? Floats(result, heldOut) : null;
        result = result with
        {
            SkippedImages = [.. result.SkippedImages.Concat(transformer.UnreadableImages.Select(image => image.Message))
                .Distinct()],
        };
        var peak = Process.GetCurrentProcess().PeakWorkingSet64 / 1e6;
        folder.Write(metrics, result.Detector.Classes, new JsonObject
        {
            ["seconds"] = Math.Round(clock.Elapsed.TotalSeconds, 1), ["peak_megabytes"] = Math.Round(peak),
            ["waited_seconds"] = Math.Round(result.History.Sum(epoch => epoch.Waited.TotalSeconds), 2),
            ["device"] = $"{result.Device}", ["nodes"] = result.Placement?.ToString(),
            ["precision"] = given.GetValue(settings.Precision),
            ["skipped_steps"] = result.History.LastOrDefault()?.LossScale?.Skipped,
            ["skipped_images"] = new JsonArray([.. result.SkippedImages.Select(image => (JsonNode)image)]),
            ["before_rounding"] = floats is null ? null
                : new JsonObject { ["AP"] = floats.MAP50_95, ["AP50"] = floats.MAP50 },
        });
        folder.Write(RunReport.Build(result, TrainingLog.Read(folder.Log), measured, _recipe.Used()));
        Display.End(metrics, result, folder, clock.Elapsed, peak);
        if (floats is not null)
            Display.Rounded(metrics, floats);
    }

    private CocoMetrics Floats(FineTuneResult result, DetectionDataView heldOut)
    {
        using var transformer = new DetectorTransformer(
            result.Detector with { ScoresWholeNumbers = false }, new() { Device = result.Device }, _ml);
        return HeldOut.Read(transformer.Transform(heldOut)).Analysis.Metrics;
    }

    private (DetectionDataView Train, DetectionDataView? Val, DetectionDataView? Test) Data(
        RunFolder folder, bool resume)
    {
        if (given.GetValue(settings.Train) is not { } train)
        {
            var path = Path.Combine(folder.Path, "data");
            var count = given.GetValue(settings.DemoImages);
            var options = new ShapesOptions
            {
                Seed = given.GetValue(settings.Seed), Train = count, Val = 0, Test = Math.Max(16, count / 4),
            };
            var shapes = ShapesGenerator.Write(
                path, options, overwrite: resume || given.GetValue(settings.Overwrite), cancel);
            return (_ml.Detection().LoadFromCoco(shapes.Train, shapes.Images), null,
                _ml.Detection().LoadFromCoco(shapes.Test, shapes.Images));
        }
        var data = Load(train, "train");
        data.Dataset.RequireObjects();
        string[] classes = [.. data.Dataset.Categories.Select(category => category.Name)];
        return (data, HeldOutData(settings.Val, "val", classes), HeldOutData(settings.Test, "test", classes));
    }

    // Classes are found by their names, whatever their order there is; what does not fit is said before the training.
    private DetectionDataView? HeldOutData(Option<string?> option, string part, string[] classes)
    {
        if (given.GetValue(option) is not { } path)
            return null;
        var data = _ml.Detection().WithClasses(Load(path, part), classes);
        data.Dataset.RequireObjects();
        return data;
    }

    // Of a data set in parts, each option takes the part of its name.
    private DetectionDataView Load(string path, string part)
    {
        var format = given.GetValue(settings.Format) is { } name
            ? DatasetFormat.Named(name) : DatasetFormat.Detect(path);
        var parts = format.Splits(path);
        if (parts.Count > 0 && !parts.Contains(part))
            Display.Warn($"{path} has the parts {string.Join(", ", parts)}, but no \"{part}\": all of it is taken.");
        return _ml.Detection().LoadDataset(path, new()
        {
            ImageFolder = given.GetValue(settings.Images), Split = parts.Contains(part) ? part : null,
        }, format);
    }

    private static IAugmentation? Augmentation(string name) => name switch
    {
        "crop" => new RandomIouCrop(), "zoom" => new RandomZoom(), "color" => new ColorJitter(), _ => null,
    };

    private static IPictureMix? Mix(string[] names, ImageResize size) =>
        (names.Contains("mosaic"), names.Contains("mixup")) switch
        {
            (true, true) => throw new ArgumentException("--augment has mosaic and mixup; expected one of them."),
            (true, _) => new Mosaic(size.Width, size.Height, Probability: 0.5),
            (_, true) => new MixUp(Probability: 0.5),
            _ => null,
        };

    // One that cannot be used says so before anything is written.
    private Device Device()
    {
        var device = OnnxGraphs.Runtime.Device.Parse(given.GetValue(settings.Device)!);
        foreach (var option in new Option[] { settings.Tf32, settings.CudaGraph })
            if (!device.IsCuda && given.GetResult(option) is { Implicit: false })
                throw new ArgumentException(
                    $"{option.Name} is for CUDA, but --device is {device}; give --device cuda:0, or leave {option.Name} out.");
        device = device with
        {
            Kernels = given.GetValue(settings.Kernels) == "on",
            Tf32 = given.GetValue(settings.Tf32) == "on",
            CaptureGraph = given.GetValue(settings.CudaGraph),
        };
        device.CreateSessionOptions().Dispose();
        if (!device.IsCuda && Precision() == StepPrecision.BFloat16)
            throw new ArgumentException(
                $"--precision is bf16, which needs --device cuda:N, but --device is {device}; expected fp32, or fp16.");
        return device;
    }

    private StepPrecision Precision() => given.GetValue(settings.Precision) switch
    {
        "fp16" => StepPrecision.Float16, "bf16" => StepPrecision.BFloat16, _ => StepPrecision.Float32,
    };
}
