using System.Globalization;
using Benchmarks.Losses;
using OnnxGraphs.Runtime;

// Forward pass and gradient of each loss on two threads, with this library's kernels and without: medians of the runs.
// One session at a time, as threads of a session spin for a while after its run. Arguments choose cases by part of a
// name.
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
Console.WriteLine("| loss | size | median ms | operators' median ms | ns an element | kernels | passes of operators |\n"
    + "|---|---|---|---|---|---|---|");
foreach (var c in LossCase.All.Where(c => args.Length == 0 || args.Any(arg => $"{c.Name} {c.Size}".Contains(arg))))
{
    var feeds = new Feeds();
    var measured = c.Build(feeds);
    var passes = Memory.Passes(measured.Outputs, measured.Size);
    var (kernels, count) = Median(measured, feeds, Device.Cpu);
    var (operators, _) = Median(measured, feeds, Device.Cpu with { Kernels = false });
    var perElement = kernels * 1e6 / measured.Size;
    Console.WriteLine(
        $"| {c.Name} | {c.Size} | {kernels:F2} | {operators:F2} | {perElement:F2} | {count} | {passes} |");
}

static (double Milliseconds, int Kernels) Median(Measured measured, Feeds feeds, Device device)
{
    using var run = new LossRun(measured, feeds, device);
    for (var i = 0; i < 24 || (run.Total < TimeSpan.FromSeconds(1) && i < 400); i++)
        run.Run();
    return (run.Median, run.Kernels);
}
