using OnnxGraphs.Gradients;
using OnnxGraphs.Graphs;
using OnnxGraphs.Losses;
using OnnxGraphs.Runtime;

namespace OnnxGraphs.Tests.Threads;

/// <summary>All losses with their gradients on tensors that several threads share, with kernels and without.</summary>
[TestClass]
public sealed class LossThreadTests
{
    private const int Elements = 1 << 15;

    [TestMethod]
    public void AllLossesGiveTheSameBitsInEveryRun()
    {
        foreach (var example in LossCatalog.All)
            foreach (var (wide, way) in Wide(example))
                foreach (var kernels in new[] { true, false })
                    Check(wide, Device.Cpu with { Kernels = kernels }, $"{example.Name}, {way}, kernels {kernels}");
    }

    // More images, or more places in each; what has neither, like sampled regions, more of them.
    private static IEnumerable<(LossExample Example, string Way)> Wide(LossExample example)
    {
        var times = Elements / (int)example.Inputs[0].Value.Shape.Size;
        yield return (Tiled(example, times, image: 0), "many images");
        var places = Tiled(example, times, image: 1);
        if (example.Inputs.Any(input => input.HasBatch && input.Value.Shape.Rank > 2) && Builds(places))
            yield return (places, "many places");
    }

    private static LossExample Tiled(LossExample example, int times, int image) => example with
    {
        Inputs = [.. example.Inputs.Select(input => input with
        {
            Value = input.HasBatch ? Tiles.Of(input.Value, image, times)
                : image == 1 || !example.Inputs.Any(other => other.HasBatch) ? Tiles.Of(input.Value, 0, times)
                : input.Value,
        })],
    };

    private static bool Builds(LossExample example)
    {
        try
        {
            example.Construct();
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private static void Check(LossExample example, Device device, string what)
    {
        var (graph, inputs, loss) = example.Construct();
        var predictions = inputs.Where((_, i) => example.Inputs[i].IsPrediction).ToArray();
        Var[] outputs = [graph.Output("loss", loss), .. Gradient.Of(loss, predictions)
            .Select((gradient, i) => graph.Output($"d{i}", gradient))];
        var results = ThreadSweep.Run(outputs, device, what,
            [.. example.Inputs.Select(input => (input.Name, input.Value))]);
        foreach (var count in ThreadSweep.Counts.Skip(1))
            for (var i = 0; i < outputs.Length; i++)
                Close.AreEqualByScale(results[1][i], results[count][i], 1e-4f, $"{what}, {outputs[i].Name}, {count} threads");
    }
}
