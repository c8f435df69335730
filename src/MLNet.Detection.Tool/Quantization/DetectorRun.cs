using MLNet.Detection.Data;
using MLNet.Detection.Detectors;
using MLNet.Detection.Estimators;
using MLNet.Detection.Quantization;
using MLNet.Detection.Tool.Terminal;
using MLNet.Detection.Training;

namespace MLNet.Detection.Tool.Quantization;

/// <summary>A detector, measured by AP50-95.</summary>
internal sealed class DetectorRun(QuantizeSettings settings, CancellationToken cancel)
    : QuantizeRun<DetectorModel>(settings, cancel)
{
    protected override string Metric => "AP50-95";

    protected override DetectorModel Load(string path) => DetectorModel.Load(path);

    protected override DetectionDataView Data(string path, DetectorModel model, bool toLearn)
    {
        var all = Ml.Detection().LoadDataset(path, new() { ImageFolder = Settings.Images });
        if (Unknown(all.Dataset, model.Classes) is { Count: > 0 } unknown
            && all.Dataset.Categories.Any(c => model.Classes.Contains(c.Name)))
            LeaveOut(all.Dataset.Source, unknown, model, toLearn);
        var data = Ml.Detection().WithClasses(all, model.Classes);
        data.Dataset.RequireObjects();
        return data;
    }

    // Boxes of each class that the detector lacks.
    private static List<KeyValuePair<string, int>> Unknown(DetectionDataset data, IReadOnlyList<string> classes) =>
        [.. data.Images.SelectMany(image => image.Boxes).CountBy(box => data.Categories[box.Category].Name)
            .Where(name => !classes.Contains(name.Key))];

    private void LeaveOut(string source, List<KeyValuePair<string, int>> unknown, DetectorModel model, bool toLearn)
    {
        var boxes = string.Join(", ", unknown.Select(name => $"{name.Key} ({name.Value} boxes)"));
        var classes = $"{Settings.Model} has {string.Join(", ", model.Classes)}";
        if (toLearn)
            throw new DatasetException(source, "", $"it has classes that the detector does not: {boxes}; {classes}",
                "--repair would learn their objects as background. Give --train data whose objects are all of the detector's classes, or "
                + "leave out --repair.");
        Verb.Warn($"{source} has classes that the detector does not: {boxes}; {classes}. Their boxes are left out, the rest is measured.");
    }

    protected override PictureQuantizer<DetectorModel> Quantizer(DetectorModel model) =>
        new DetectorQuantizer(model, Settings.Options);

    protected override double Measure(DetectorModel model, DetectionDataView test)
    {
        using var transformer = new DetectorTransformer(model, new(), Ml);
        return Ml.Detection().Evaluate(transformer.Transform(test)).MAP50_95;
    }

    protected override DetectorModel Repair(DetectorModel floats, DetectorModel rounded, DetectionDataView train) =>
        Ml.Detection().FineTune(Repairing(new FineTuneTrainer.Options
        {
            Detector = rounded,
            Teacher = Settings.Distill == 0 ? null : new(floats) { Weight = Settings.Distill, FeatureWeight = Settings.DistillFeatures },
        })).Train(train).Detector;

    protected override void Save(DetectorModel model, string path) => model.Save(path);
}
