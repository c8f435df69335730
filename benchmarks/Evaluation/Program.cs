// Times COCO evaluation. "write FOLDER" makes a data set: annotations.json and results.json, 5,000 pictures with 100
// detections each, 80 categories. "time FOLDER ROUNDS" evaluates it and prints the seconds of each round.
using System.Diagnostics;
using System.Globalization;
using Benchmarks.Evaluation;
using MLNet.Detection.Evaluation;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
var (annotations, results) = (Path.Combine(args[1], "annotations.json"), Path.Combine(args[1], "results.json"));
if (args[0] == "write")
{
    MadeDetections.Write(annotations, results);
    return;
}
var clock = Stopwatch.StartNew();
var truths = CocoAnnotations.Load(annotations);
var detections = CocoResults.Load(results, truths);
Console.WriteLine($"load {clock.Elapsed.TotalSeconds:f2} s");
for (var round = 0; round < int.Parse(args[2]); round++)
{
    clock.Restart();
    var metrics = new CocoEvaluation().Evaluate(
        truths.GroundTruths, detections, truths.Categories.Select(category => category.Id));
    Console.WriteLine($"evaluate {clock.Elapsed.TotalSeconds:f2} s, AP {metrics.MAP50_95:f12}, AR {metrics.AR100:f12}");
}
Console.WriteLine($"peak {Process.GetCurrentProcess().PeakWorkingSet64 / 1e6:f0} MB");
