// Records COUNT [CACHE [STEPS]]: the built-in detector on as many records, whose files are 64 generated pictures again and
// again; each has a name and boxes of its own. Prints seconds from the call of the trainer to the end of the first step, and
// the most memory before it and after STEPS steps. CACHE as for --cache of mlnet-detect.
using System.Diagnostics;
using System.Globalization;
using Microsoft.ML;
using MLNet.Detection;
using MLNet.Detection.Builtin;
using MLNet.Detection.Data;
using MLNet.Detection.Training;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
var count = int.Parse(args[0], CultureInfo.InvariantCulture);
var cache = args.Length > 1 ? PictureCache.Parse(args[1]) : new();
var steps = args.Length > 2 ? int.Parse(args[2], CultureInfo.InvariantCulture) : 200;
var folder = Directory.CreateTempSubdirectory("records");
try
{
    var shapes = ShapesGenerator.Write(Path.Combine(folder.FullName, "shapes"), new() { Train = 64, Val = 0, Test = 0 });
    var few = CocoDataset.Load(shapes.Train, shapes.Images);
    var records = new DetectionDataset("records", few.Categories, Enumerable.Range(0, count).Select(i => few.Images[i % 64] with
    {
        Id = i, FileName = $"{i:d9}.png", Boxes = [.. few.Images[i % 64].Boxes.Select(label => label with { Id = i })],
    }));
    var annotations = GC.GetTotalMemory(forceFullCollection: true) / 1e6;
    using var stop = new CancellationTokenSource();
    var (clock, first, peak) = (Stopwatch.StartNew(), TimeSpan.Zero, 0.0);
    var trainer = new MLContext(1).Detection().FineTune(new FineTuneTrainer.Options
    {
        Detector = new SmallDetector { Classes = [.. few.Categories.Select(category => category.Name)] }.Build(),
        BatchSize = 4, Cache = cache, Cancellation = stop.Token,
        Progress = new Watch(now =>
        {
            if (now.Step == 1)
                (first, peak) = (clock.Elapsed, Peak());
            if (now.Step == steps)
                stop.Cancel();
        }),
    });
    try
    {
        trainer.Train(new DetectionDataView(records));
    }
    catch (OperationCanceledException)
    {
        Console.WriteLine($"{count} records: annotations {annotations:f0} MB, first step after {first.TotalSeconds:f1} s, peak memory "
            + $"{peak:f0} MB then, {Peak():f0} MB after {steps} steps");
    }
}
finally
{
    folder.Delete(recursive: true);
}

static double Peak()
{
    using var process = Process.GetCurrentProcess();
    return process.PeakWorkingSet64 / 1e6;
}

internal sealed class Watch(Action<TrainingProgress> look) : IProgress<TrainingProgress>
{
    public void Report(TrainingProgress value) => look(value);
}
