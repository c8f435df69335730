using System.Globalization;
using Benchmarks.Losses;
using OnnxGraphs.Gradients;
using OnnxGraphs.Graphs;
using OnnxGraphs.Runtime;

// Forward pass and gradient of each loss on two threads, with this library's kernels and without, in turn: medians of
// the runs. Arguments choose cases by part of a name.
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
Console.WriteLine("| loss | size | median ms | operators' median ms | ns an element | kernels | passes of operators |\n"
    + "|---|---|---|---|---|---|---|");
foreach (var c in LossCase.All.Where(c => args.Length == 0 || args.Any(arg => $"{c.Name} {c.Size}".Contains(arg))))
{
    var feeds = new Feeds();
    var (loss, predictions) = c.Build(feeds);
    Var[] outputs = [loss, .. Gradient.Of(loss, predictions)];
    var passes = Memory.Passes(outputs, predictions[0].Shape.Size);
    using var kernels = new LossRun(outputs, feeds, Device.Cpu);
    using var operators = new LossRun(outputs, feeds, Device.Cpu with { Kernels = false });
    for (var i = 0; i < 24 || (kernels.Total < TimeSpan.FromSeconds(1) && i < 400); i++)
    {
        kernels.Run();
        operators.Run();
    }
    var perElement = kernels.Median * 1e6 / predictions[0].Shape.Size;
    Console.WriteLine($"| {c.Name} | {c.Size} | {kernels.Median:F1} | {operators.Median:F1} | {perElement:F2} | "
        + $"{kernels.Kernels} | {passes} |");
}
