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
using OnnxGraphs.Distributed;

namespace MLNet.Detection.Tool.Training;

/// <summary>A run that trains a detector.</summary>
internal sealed class DetectRun(ParseResult given, Settings settings, RankedRun ranked, CancellationToken cancel)
    : TaskRun(given, settings, ranked, cancel)
{
    private readonly Recipe _recipe = new(given, settings);

    protected override void Train(RunPlace place)
    {
        var folder = place.Folder;
        var (train, val, test) = Data(folder, place.Resume);
        var detector = new Import(Given, Settings).Detector(train);
        foreach (var warning in detector.Warnings)
            place.Display.Tell(warning);
        Display.Start(detector, train, test, folder);
        _recipe.CustomaryRate = detector.CustomaryLearningRate;

        var options = With(new FineTuneTrainer.Options
        {
            Detector = detector,
            Loss = _recipe.Loss,
            Mix = Mix(Given.GetValue(Settings.Augment)!, detector.Resize),
            ValidationSet = val,
            MultiScale = Given.GetValue(Settings.MultiScale) is { } sizes ? MultiScale.Parse(sizes) : null,
            Teacher = Given.GetValue(Settings.Teacher) is { } teacher ? new(DetectorModel.Load(teacher))
            {
                Weight = Given.GetValue(Settings.Distill), Temperature = Given.GetValue(Settings.Temperature),
                FeatureWeight = Given.GetValue(Settings.DistillFeatures),
            } : null,
        }, _recipe, place);
        options = WithBatch(options, _recipe, place, memory => BatchFit.Of(Ml, options, train.Dataset.Images.Length, memory));
        if (Given.GetValue(Settings.FindRate))
        {
            FindRate(place, options, train);
            return;
        }
        var trainer = Ml.Detection().FineTune(options);
        var result = Ranked.Train(() => place.Display.During(() => trainer.Train(train)));
        if (!Ranked.Ranks.IsFirst())
            return;
        folder.Write(result.Detector);
        Measure(folder, result, test ?? val ?? train, place.Clock);
    }

    private void FindRate(RunPlace place, FineTuneTrainer.Options options, DetectionDataView train)
    {
        var range = Ranked.Train(() => place.Display.During(() => LearningRateRange.Measure(Ml, options, train)));
        if (!Ranked.Ranks.IsFirst())
            return;
        var path = Path.Combine(place.Folder.Path, "lr.csv");
        File.WriteAllLines(path, range.Steps.Zip(range.Smoothed, (step, smoothed) =>
            FormattableString.Invariant($"{step.Rate:g6},{step.Loss:g6},{smoothed:g6}")).Prepend("learning_rate,loss,smoothed"));
        Display.FoundRate(range, path);
    }

    // Scores held-out pictures as an application would, and writes what came out.
    private void Measure(RunFolder folder, FineTuneResult result, DetectionDataView heldOut, Stopwatch clock)
    {
        using var transformer = Ml.Detection().LoadDetector(folder.Model);
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
        var peak = RunPlace.Peak;
        folder.Write(metrics, result.Detector.Classes, new JsonObject(Facts(result, clock.Elapsed, peak))
        {
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
            result.Detector with { ScoresWholeNumbers = false }, new() { Device = result.Device }, Ml);
        return HeldOut.Read(transformer.Transform(heldOut)).Analysis.Metrics;
    }

    private (DetectionDataView Train, DetectionDataView? Val, DetectionDataView? Test) Data(
        RunFolder folder, bool resume)
    {
        if (Given.GetValue(Settings.Train) is not { } train)
        {
            var path = Path.Combine(folder.Path, "data");
            if (resume && !Directory.Exists(path))
                throw new ArgumentException($"--resume {folder.Path}: the run learnt from a data set; give its --model, --train and other "
                    + "options again.");
            var count = Given.GetValue(Settings.DemoImages);
            var options = new ShapesOptions
            {
                Seed = Given.GetValue(Settings.Seed), Train = count, Val = 0, Test = Math.Max(16, count / 4),
            };
            Ranked.OnFirst(() => ShapesGenerator.Write(
                path, options, overwrite: resume || Given.GetValue(Settings.Overwrite), Cancel));
            var shapes = ShapesFolder.At(path);
            return (Ml.Detection().LoadFromCoco(shapes.Train, shapes.Images), null,
                Ml.Detection().LoadFromCoco(shapes.Test, shapes.Images));
        }
        var data = Load(train, "train");
        data.Dataset.RequireObjects();
        data.Dataset.RequireDistinctNames();
        string[] classes = [.. data.Dataset.Categories.Select(category => category.Name)];
        return (data, HeldOutData(Settings.Val, "val", classes), HeldOutData(Settings.Test, "test", classes));
    }

    // Classes are found by their names, whatever their order there is; what does not fit is said before the training.
    private DetectionDataView? HeldOutData(Option<string?> option, string part, string[] classes)
    {
        if (Given.GetValue(option) is not { } path)
            return null;
        var data = Ml.Detection().WithClasses(Load(path, part), classes);
        data.Dataset.RequireObjects();
        return data;
    }

    private DetectionDataView Load(string path, string part)
    {
        var format = Given.GetValue(Settings.Format) is { } name
            ? DatasetFormat.Named(name) : DatasetFormat.Detect(path);
        return Ml.Detection().LoadDataset(path, new()
        {
            ImageFolder = Given.GetValue(Settings.Images), Split = Split(format.Splits(path), path, part),
        }, format);
    }

    // In the order in which they are given.
    private static IPictureMix? Mix(string[] names, ImageResize size)
    {
        IPictureMix[] mixes = [.. names.Select(name => name switch
        {
            "mosaic" => new Mosaic(size.Width, size.Height, Probability: 0.5), "mixup" => new MixUp(Probability: 0.5),
            "copypaste" => new CopyPaste(), _ => (IPictureMix?)null,
        }).OfType<IPictureMix>()];
        return mixes.Length > 1 ? new MixSequence(mixes) : mixes.FirstOrDefault();
    }
}
