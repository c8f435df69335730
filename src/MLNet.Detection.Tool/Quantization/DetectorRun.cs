using MLNet.Detection.Data;
using MLNet.Detection.Detectors;
using MLNet.Detection.Estimators;
using MLNet.Detection.Quantization;
using MLNet.Detection.Training;

namespace MLNet.Detection.Tool.Quantization;

/// <summary>A detector, measured by AP50-95.</summary>
internal sealed class DetectorRun(QuantizeSettings settings, CancellationToken cancel)
    : QuantizeRun<DetectorModel>(settings, cancel)
{
    protected override string Metric => "AP50-95";

    protected override DetectorModel Load(string path) => DetectorModel.Load(path);

    protected override DetectionDataView Data(string path, DetectorModel model)
    {
        var all = Ml.Detection().LoadDataset(path, new() { ImageFolder = Settings.Images });
        var data = Ml.Detection().WithClasses(all, model.Classes);
        data.Dataset.RequireObjects();
        return data;
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
