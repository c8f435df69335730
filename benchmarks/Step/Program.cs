using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Microsoft.ML;
using MLNet.Detection;
using MLNet.Detection.Augmentation;
using MLNet.Detection.Detectors;
using MLNet.Detection.Training;
using OnnxGraphs.Optimizers;
using OnnxGraphs.Runtime;

// Times training steps of a detector, from decoded pictures to updated weights, as pytorch/ultraface_step.py does.
Option<string> Of(string name, string description, string? value = null) => value is null
    ? new(name) { Description = description, Required = true }
    : new(name) { Description = description, DefaultValueFactory = _ => value };

var (model, coco) = (Of("--model", "ONNX file."), Of("--coco", "COCO JSON."));
var images = Of("--images", "Folder of the pictures.");
var (classes, boxes) = (Of("--class-output", "Class scores.", "scores"), Of("--box-output", "Boxes.", "boxes"));
var device = Of("--device", "cpu or cuda:N.", "cpu");
var batch = new Option<int>("--batch") { Description = "Images of a step.", DefaultValueFactory = _ => 8 };
var epochs = new Option<int>("--epochs")
{
    Description = "Epochs; the first one is not counted.", DefaultValueFactory = _ => 3,
};
var workers = new Option<int?>("--workers") { Description = "Threads that prepare batches ahead; 0: none." };
var threads = new Option<int>("--threads") { Description = "Threads of a step; 0: one for each core." };
var augment = new Option<bool>("--augment") { Description = "Mosaics, random crops and colours." };
var command = new RootCommand("Times training steps of a detector.")
{
    model, coco, images, classes, boxes, device, batch, epochs, workers, threads, augment,
};
command.SetAction(given =>
{
    var ml = new MLContext(1);
    var data = ml.Detection().LoadFromCoco(given.GetValue(coco)!, given.GetValue(images)!);
    var detector = new DetectorImport
    {
        ClassOutput = given.GetValue(classes)!, BoxOutput = given.GetValue(boxes)!,
        Classes = [.. data.Dataset.Categories.Select(category => category.Name)],
    }.Load(given.GetValue(model)!);
    var times = new StepTimes();
    var (size, changed) = (detector.Resize, given.GetValue(augment));
    var result = new FineTuneTrainer(ml, new()
    {
        Detector = detector, Epochs = given.GetValue(epochs), BatchSize = given.GetValue(batch),
        Optimizer = new AdamW { WeightDecay = 1e-4f },
        Device = Device.Parse(given.GetValue(device)!) with { Threads = given.GetValue(threads) }, Progress = times,
        Workers = given.GetValue(workers),
        Augmentations = changed ? [new RandomIouCrop(), new ColorJitter()] : [],
        Mix = changed ? new Mosaic(size.Width, size.Height, Probability: 0.5) : null,
    }).Train(data);
    Console.WriteLine(times.Summary());
    var counted = result.History.Skip(1).ToList();
    var (seconds, waited) = (counted.Sum(epoch => epoch.Duration.TotalSeconds), counted.Sum(e => e.Waited.TotalSeconds));
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
        $"{counted.Count * data.Dataset.Images.Length / seconds:f1} images a second, {waited / seconds:p1} of the time waiting"));
});
return command.Parse(args).Invoke();

/// <summary>Time between the ends of consecutive steps of an epoch, from the second epoch on.</summary>
internal sealed class StepTimes : IProgress<TrainingProgress>
{
    private readonly List<double> _milliseconds = [];
    private TrainingProgress? _before;

    public void Report(TrainingProgress now)
    {
        if (now.Finished is null && now.Epoch > 1 && _before is { Finished: null })
            _milliseconds.Add((now.Elapsed - _before.Elapsed).TotalMilliseconds);
        _before = now;
    }

    public string Summary()
    {
        _milliseconds.Sort();
        var peak = Process.GetCurrentProcess().PeakWorkingSet64 / 1e6;
        var median = _milliseconds[_milliseconds.Count / 2];
        return string.Create(CultureInfo.InvariantCulture, $"{_milliseconds.Count} steps: median {median:f1} ms, "
            + $"minimum {_milliseconds[0]:f1} ms, peak memory {peak:f0} MB");
    }
}
