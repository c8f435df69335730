using System.Diagnostics;
using System.Globalization;
using Benchmarks.Losses;
using Microsoft.ML.OnnxRuntime;
using OnnxGraphs.Gradients;
using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Runtime;

// Forward pass and gradient of each loss on two threads: median and best of the runs. Arguments choose cases by part of
// a name.
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
Console.WriteLine("| loss | size | median ms | best ms | ns an element | nodes | passes |\n"
    + "|---|---|---|---|---|---|---|");
foreach (var c in LossCase.All.Where(c => args.Length == 0 || args.Any(arg => $"{c.Name} {c.Size}".Contains(arg))))
{
    var feeds = new Feeds();
    var (loss, predictions) = c.Build(feeds);
    Var[] outputs = [loss, .. Gradient.Of(loss, predictions)];
    var model = GraphWriter.Write(outputs);
    var passes = Memory.Passes(outputs, predictions[0].Shape.Size);
    using var options = new SessionOptions { IntraOpNumThreads = 2, EnableMemoryPattern = false };
    if (Environment.GetEnvironmentVariable("PROFILE") is { } prefix)
        (options.EnableProfiling, options.ProfileOutputPathPrefix) = (true, prefix);
    using var session = new InferenceSession(model.ToBytes(), options);
    using var run = new RunOptions();
    using var binding = session.CreateIoBinding();
    foreach (var (name, value) in feeds.Values.Where(feed => session.InputNames.Contains(feed.Key)))
        binding.BindInput(name, HostTensors.Write(value));
    foreach (var (name, output) in session.OutputNames.Zip([loss, .. predictions]))
        binding.BindOutput(name, HostTensors.Allocate(output.Type, output.Shape));
    var times = new List<double>();
    for (var i = 0; i < 12; i++)
    {
        var watch = Stopwatch.StartNew();
        session.RunWithBinding(run, binding);
        times.Add(watch.Elapsed.TotalMilliseconds);
    }
    var sorted = times.Skip(2).Order().ToArray();
    var (median, nodes) = (sorted[sorted.Length / 2], model.Proto.Graph.Node.Count);
    var perElement = median * 1e6 / predictions[0].Shape.Size;
    Console.WriteLine($"| {c.Name} | {c.Size} | {median:F1} | {sorted[0]:F1} | {perElement:F2} | {nodes} | {passes} |");
}
