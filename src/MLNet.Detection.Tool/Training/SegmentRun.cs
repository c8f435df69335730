using System.CommandLine;
using System.Text.Json.Nodes;
using Microsoft.ML;
using MLNet.Detection;
using MLNet.Detection.Augmentation;
using MLNet.Detection.Builtin;
using MLNet.Detection.Data;
using MLNet.Detection.Reports;
using MLNet.Detection.Segmentation;
using MLNet.Detection.Training;
using OnnxGraphs.Distributed;

namespace MLNet.Detection.Tool.Training;

/// <summary>A run that trains a segmentation network.</summary>
internal sealed class SegmentRun(ParseResult given, Settings settings, RankedRun ranked, CancellationToken cancel)
    : TaskRun(given, settings, ranked, cancel)
{
    private readonly Recipe _recipe = new(given, settings);

    protected override void Train(RunPlace place)
    {
        foreach (var name in Given.GetValue(Settings.Augment)!.Where(name => name is "mixup" or "copypaste"))
            throw new ArgumentException($"--augment {name} is for detectors; leave it out with --task segment.");
        var loss = Given.GetValue(Settings.Loss) is { } sum ? NamedMapLoss.Parse(sum) : null;
        var (train, val, test) = Data(place);
        var model = Model([.. train.Dataset.Categories.Select(category => category.Name)]);
        foreach (var warning in model.Warnings)
            place.Display.Tell(warning);
        Display.Start(model, train, test, place.Folder);
        var options = With(new SegmentationTrainer.Options
        {
            Segmenter = model,
            Loss = loss?.Loss,
            Border = loss?.Border,
            Balance = Enum.Parse<ClassBalance>(Given.GetValue(Settings.Balance)!, ignoreCase: true),
            PartObjects = Given.GetValue(Settings.PartObjects),
            Mix = Given.GetValue(Settings.Augment)!.Contains("mosaic")
                ? new Mosaic(model.Resize.Width, model.Resize.Height, Probability: 0.5) : null,
            ValidationSet = val,
            Teacher = Given.GetValue(Settings.Teacher) is { } teacher ? new(SegmenterModel.Load(teacher))
            {
                Weight = Given.GetValue(Settings.Distill), Temperature = Given.GetValue(Settings.Temperature),
            } : null,
        }, _recipe, place);
        options = WithBatch(options, _recipe, place, memory => BatchFit.Of(Ml, options, train.Dataset.Images.Length, memory));
        var trainer = Ml.Detection().FineTuneSegmenter(options);
        var result = Ranked.Train(() => place.Display.During(() => trainer.Train(train)));
        if (!Ranked.Ranks.IsFirst())
            return;
        place.Folder.Write(result.Segmenter);
        Measure(place, result, test ?? val ?? train);
    }

    // Scores held-out pictures by the file that was written.
    private void Measure(RunPlace place, SegmentationResult result, DetectionDataView heldOut)
    {
        using var segmenter = new Segmenter(SegmenterModel.Load(place.Folder.Model), 8, result.Device);
        var measured = MaskHeldOut.Read(segmenter, heldOut.Dataset, cancel: Cancel);
        result = result with { SkippedImages = [.. result.SkippedImages.Concat(measured.Skipped).Distinct()] };
        var (elapsed, peak) = (place.Clock.Elapsed, RunPlace.Peak);
        place.Folder.Write(measured.Metrics, new JsonObject(Facts(result, elapsed, peak)));
        place.Folder.Write(RunReport.Build(result, TrainingLog.Read(place.Folder.Log), measured, _recipe.Used()));
        Display.End(measured.Metrics, result, place.Folder, elapsed, peak);
    }

    private SegmenterModel Model(IReadOnlyList<string> classes)
    {
        var (pixels, tiling) = (new PixelOptions(Given, Settings), Given.GetValue(Settings.Tiles) is { } part
            ? new Tiling(part) : null);
        var seed = Given.GetValue(Settings.Seed);
        if (Given.GetValue(Settings.Model) is { } path)
            return new SegmenterImport
            {
                Classes = classes, MapOutput = Given.GetValue(Settings.MapOutput), Seed = seed, Tiling = tiling,
                ImageSize = pixels.Size(), Normalization = pixels.Normalization(), Colors = pixels.Colors(),
                HasBackground = Given.GetValue(Settings.Background) switch
                {
                    null => null, "yes" => true, "no" => false,
                    var other => throw new ArgumentException($"--background is '{other}'; expected yes or no."),
                },
            }.Load(path);
        var unet = new SmallUNet { Classes = classes, Seed = seed, Tiling = tiling };
        return (pixels.Size() is var (width, height) ? unet with { Width = width, Height = height } : unet).Build();
    }

    private (DetectionDataView Train, DetectionDataView? Val, DetectionDataView? Test) Data(RunPlace place)
    {
        if (Given.GetValue(Settings.Train) is { } train)
            return (Load(train, "train"), HeldOut(Settings.Val, "val"), HeldOut(Settings.Test, "test"));
        var path = Path.Combine(place.Folder.Path, "data");
        var count = Given.GetValue(Settings.DemoImages);
        Ranked.OnFirst(() => ShapesGenerator.Write(path, new ShapesOptions
        {
            Seed = Given.GetValue(Settings.Seed), Train = count, Val = 0, Test = Math.Max(16, count / 4), Masks = true,
        }, overwrite: place.Resume || Given.GetValue(Settings.Overwrite), Cancel));
        return (Load(path, "train"), null, Load(path, "test"));
    }

    private DetectionDataView? HeldOut(Option<string?> option, string part) =>
        Given.GetValue(option) is { } path ? Load(path, part) : null;

    private DetectionDataView Load(string path, string part)
    {
        var format = Given.GetValue(Settings.Format) is { } name ? MaskFormat.Named(name) : Given.GetValue(Settings.Masks) is null
            ? MaskFormat.Detect(path) : MaskFormat.Named("masks");
        return Ml.Detection().LoadMasks(path, new()
        {
            Classes = Given.GetValue(Settings.Classes)!, MaskFolder = Given.GetValue(Settings.Masks),
            ImageFolder = Given.GetValue(Settings.Images), AreObjects = Given.GetValue(Settings.Objects) ? true : null,
            Split = Split(format.Splits(path), path, part),
        }, format);
    }
}
