using MLNet.Detection.Data;
using MLNet.Detection.Estimators;
using MLNet.Detection.Quantization;
using MLNet.Detection.Segmentation;
using MLNet.Detection.Tool.Terminal;
using MLNet.Detection.Training;

namespace MLNet.Detection.Tool.Quantization;

/// <summary>A segmentation network, measured by the mean IoU of its classes without background.</summary>
internal sealed class SegmenterRun(QuantizeSettings settings, CancellationToken cancel)
    : QuantizeRun<SegmenterModel>(settings, cancel)
{
    protected override string Metric => "Mean IoU";

    protected override SegmenterModel Load(string path) => SegmenterModel.Load(path);

    protected override DetectionDataView Data(string path, SegmenterModel model, bool toLearn)
    {
        var data = Ml.Detection().LoadMasks(path, new()
        {
            Classes = Settings.Classes, AreObjects = Settings.AreObjects, ImageFolder = Settings.Images, MaskFolder = Settings.Masks,
        });
        SharedClasses.Check(data.Dataset, Settings.Model, model.Classes, toLearn);
        return data;
    }

    protected override PictureQuantizer<SegmenterModel> Quantizer(SegmenterModel model) =>
        new SegmenterQuantizer(model, Settings.Options);

    protected override double Measure(SegmenterModel model, DetectionDataView test)
    {
        using var transformer = new SegmenterTransformer(model, new(), Ml);
        return Ml.Detection().EvaluateMasks(transformer.Transform(test)).ForegroundIoU;
    }

    protected override SegmenterModel Repair(SegmenterModel floats, SegmenterModel rounded, DetectionDataView train) =>
        Ml.Detection().FineTuneSegmenter(Repairing(new SegmentationTrainer.Options
        {
            Segmenter = rounded, Teacher = Settings.Distill == 0 ? null : new(floats) { Weight = Settings.Distill },
        })).Train(train).Segmenter;

    protected override void Save(SegmenterModel model, string path) => model.Save(path);
}
