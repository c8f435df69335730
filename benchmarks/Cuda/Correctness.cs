using OnnxGraphs.Optimizers;
using OnnxGraphs.Runtime;
using OnnxGraphs.Training;

namespace Benchmarks.Cuda;

/// <summary>Losses, gradients and weights after five steps on the device, TF32 off, beside those on the processor.</summary>
internal static class Correctness
{
    private const double Tolerance = 1e-4;

    // AdamW's first steps are the signs of gradients, of those that are zero but for rounding too.
    private const float Rate = 1e-5f;

    public static void Run(Kit kit, Report report)
    {
        report.Line("Differences from ONNX Runtime's operators on the processor, relative to the norm: of the loss, of all gradients, "
            + "of the gradient of the weight that differs most, and of the weights after five steps. At most 1e-4 is wanted; the "
            + "processor's kernels show what rounding alone does.\n");
        report.Columns("network", "loss", "gradients", "worst gradient", "five steps SGD", "five steps AdamW", "nodes", "");
        foreach (var network in Network.Compared)
            foreach (var (name, device) in Forms(kit))
                report.Row([$"{network.Name}, {name}", .. Compare(network, kit.Models, device)]);
    }

    private static IEnumerable<(string, Device)> Forms(Kit kit) => kit.Forms.Where(form => !form.Device.Tf32)
        .Select(form => (form.Name, form.Device)).Prepend(("processor's kernels", Device.Cpu));

    private static string[] Compare(Network network, string models, Device device)
    {
        var processor = Device.Cpu with { Kernels = false };
        var (found, expected) = (Steps(network, models, new Sgd(0), 1, 1f, device),
            Steps(network, models, new Sgd(0), 1, 1f, processor));
        var worst = found.Layout.Entries.Max(entry => Distance(Part(found, entry), Part(expected, entry)));
        double[] all =
        [
            Math.Abs(found.Loss - expected.Loss) / Math.Abs(expected.Loss), Distance(found.Way, expected.Way), worst,
            .. new Optimizer[] { new Sgd(0.9f), new AdamW() }.Select(optimizer => Distance(
                Steps(network, models, optimizer, 5, Rate, device).Weights,
                Steps(network, models, optimizer, 5, Rate, processor).Weights)),
        ];
        return [.. all.Select(difference => $"{difference:0.0e0}"), $"{found.Placement}",
            all.All(difference => difference <= Tolerance) ? "" : "**more**"];
    }

    // Plain SGD at rate 1 goes the way of the gradient.
    private static Outcome Steps(
        Network network, string models, Optimizer optimizer, int steps, float rate, Device device)
    {
        var (graph, model) = network.Build(models, optimizer);
        using var run = new TrainingRun(graph, model, device);
        var before = run.Read(0);
        var loss = 0f;
        for (var step = 0; step < steps; step++)
        {
            RandomData.Fill(run, seed: step);
            loss = run.Step(rate);
        }
        var after = run.Read(0);
        return new(graph.Layout, loss, after, [.. after.Zip(before, (end, start) => end - start)], run.Placement);
    }

    private static ReadOnlySpan<float> Part(Outcome outcome, ParameterEntry entry) =>
        outcome.Way.AsSpan((int)entry.Offset, (int)entry.Shape.Size);

    // |a - b| / |b|
    private static double Distance(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        var (difference, norm) = (0.0, 0.0);
        for (var i = 0; i < a.Length; i++)
            (difference, norm) = (difference + Math.Pow(a[i] - b[i], 2), norm + (double)b[i] * b[i]);
        return norm == 0 ? difference : Math.Sqrt(difference / norm);
    }

    private sealed record Outcome(
        ParameterLayout Layout, float Loss, float[] Weights, float[] Way, NodePlacement? Placement);
}
