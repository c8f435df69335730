using Microsoft.ML.OnnxRuntime;
using OnnxGraphs.Graphs;
using OnnxGraphs.Losses;
using OnnxGraphs.Models;
using OnnxGraphs.Runtime;

namespace OnnxGraphs.Tests.Losses;

/// <summary>The same graphs give the same numbers on a GPU. Inconclusive where there is none, or no provider for
/// it.</summary>
[TestClass]
[TestCategory("Cuda")]
public class CudaLossTests
{
    [TestInitialize]
    public void NeedsAGpu() => Gpu.Require();

    [TestMethod]
    public void ValuesAndGradientsOfAllLosses()
    {
        foreach (var example in LossCatalog.All)
        {
            var model = LossExport.Model(example, gradient: true);
            Same(model, example.Inputs.ToDictionary(input => input.Name, input => input.Value), example.Name);
        }
    }

    // Several truths of one best anchor, ties and rows that fill up: nothing may depend on the order of threads.
    [TestMethod]
    public void MatchesAndEncodedBoxes()
    {
        var random = new Random(5);
        float[] Boxes(int count) => [.. Enumerable.Range(0, count).SelectMany(_ =>
        {
            var (x, y) = (random.Next(0, 64), random.Next(0, 64));
            return new float[] { x, y, x + 8 * random.Next(1, 4), y + 8 * random.Next(1, 4) };
        })];
        var graph = new Graph();
        var targets = new JaccardMatch(0.3f).Of(graph.Input("truths", 4, 9, 4),
            graph.Input("labels", ElementType.Int64, new(4, 9)), graph.Input("anchors", 200, 4));
        var feeds = new Dictionary<string, Tensor>
        {
            ["truths"] = Tensor.Of<float>(new(4, 9, 4), Boxes(36)),
            ["labels"] = Tensor.Of<long>(new(4, 9), [.. Enumerable.Range(0, 36).Select(i => i % 5 - 1L)]),
            ["anchors"] = Tensor.Of<float>(new(200, 4), Boxes(200)),
        };
        Same(GraphWriter.Write([targets.Classes, targets.Boxes]), feeds, nameof(JaccardMatch));
    }

    private static void Same(OnnxModel model, Dictionary<string, Tensor> feeds, string name)
    {
        var (expected, found) = (Run(model, feeds, Device.Cpu), Run(model, feeds, Gpu.Device));
        for (var i = 0; i < expected.Length; i++)
        {
            var what = $"{name}: output {i} on {Gpu.Device}";
            Assert.AreEqual(expected[i].Shape, found[i].Shape, what);
            if (expected[i].Type != ElementType.Float32)
            {
                CollectionAssert.AreEqual(expected[i].Data.ToArray(), found[i].Data.ToArray(), what);
                continue;
            }
            double[] wanted = [.. expected[i].Values<float>().ToArray().Select(value => (double)value)];
            var scale = wanted.Append(1e-6).Max(Math.Abs);
            LossRig.Close(wanted, found[i].Values<float>().ToArray(), 1e-5, 1e-5 * scale, what);
        }
    }

    private static Tensor[] Run(OnnxModel model, Dictionary<string, Tensor> feeds, Device device)
    {
        using var options = device.CreateSessionOptions();
        using var session = new InferenceSession(model.ToBytes(), options);
        using var run = new RunOptions();
        var inputs = session.InputNames.ToDictionary(name => name, name => HostTensors.Write(feeds[name]));
        using var results = session.Run(run, inputs, session.OutputNames);
        foreach (var input in inputs.Values)
            input.Dispose();
        return [.. results.Select(HostTensors.Read)];
    }
}
