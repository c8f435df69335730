using System.Text.Json.Nodes;
using OnnxGraphs.Artifacts;
using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Ops;
using OnnxGraphs.Optimizers;
using OnnxGraphs.Runtime;
using OnnxGraphs.Training;

namespace OnnxGraphs.Tests.Training;

/// <summary>
/// Steps with clipped gradients and an average of the weights against PyTorch's (<c>tests/Exports/average.py</c>), and
/// what checkpoints make of the average.
/// </summary>
[TestClass]
public class AverageTests
{
    private const string Folder = "References/average";
    private static readonly JsonNode Reference = JsonNode.Parse(File.ReadAllText($"{Folder}/steps.json"))!;

    public static IEnumerable<object[]> Runs =>
        from run in Enumerable.Range(0, Reference["runs"]!.AsArray().Count)
        from kernels in new[] { true, false }
        select new object[] { run, kernels };

    [TestMethod]
    [DynamicData(nameof(Runs))]
    public void FollowsPyTorch(int number, bool kernels)
    {
        var reference = Reference["runs"]![number]!;
        using var run = Start(reference, Device.Cpu with { Kernels = kernels });
        Assert.AreEqual(kernels, run.UpdatesInPlace);
        for (var step = 0; step < reference["weights"]!.AsArray().Count; step++)
        {
            run.Step((float)reference["rate"]!);
            Compare(run, reference["weights"]![step]!, run.Read(0), $"weights after step {step + 1}");
            Compare(run, reference["averages"]![step]!, run.ReadWeights(), $"averages after step {step + 1}");
        }
    }

    [TestMethod]
    public void TheAverageResumesBitForBit()
    {
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        using var whole = Steps(5);
        using (var first = Steps(2))
            first.Save().Save(path);
        using var second = Steps(0);
        second.Restore(Checkpoint.Load(path));
        File.Delete(path);
        for (var step = 2; step < 5; step++)
            second.Step(0.01f);
        CollectionAssert.AreEqual(whole.Read(0), second.Read(0));
        CollectionAssert.AreEqual(whole.ReadWeights(), second.ReadWeights());
        CollectionAssert.AreNotEqual(whole.Read(0), whole.ReadWeights());
    }

    [TestMethod]
    public void CheckpointsWithAndWithoutAnAverageAreNotMixed()
    {
        using var averaged = Steps(1);
        using var plain = Start(Reference["runs"]![2]!, Device.Cpu, average: false);
        Assert.Contains("without an average", Refused(averaged, plain));
        Assert.Contains("with an average", Refused(plain, averaged));

        static string Refused(TrainingRun run, TrainingRun other) =>
            Assert.ThrowsExactly<ModelException>(() => run.Restore(other.Save())).Message;
    }

    [TestMethod]
    public void WithoutAStepTheAverageIsTheModelsWeights()
    {
        using var run = Steps(0);
        CollectionAssert.AreEqual(run.Read(0), run.ReadWeights());
    }

    [TestMethod]
    public void WithoutAnAverageTheWeightsAreTheParameters()
    {
        using var run = Start(Reference["runs"]![2]!, Device.Cpu, average: false);
        run.Step(0.01f);
        CollectionAssert.AreEqual(run.Read(0), run.ReadWeights());
    }

    [TestMethod]
    public void TheOfficialRuntimeHasNone()
    {
        var error = Assert.ThrowsExactly<ArgumentException>(() => TrainingArtifacts.Write(
            OnnxModel.Load($"{Folder}/net.onnx"), ["y"], Loss, new AdamW(), Path.GetTempPath(),
            new() { Graph = new() { Average = new() } }));
        Assert.Contains("TrainingGraphOptions.Average", error.Message);
    }

    private static TrainingRun Steps(int count)
    {
        var run = Start(Reference["runs"]![2]!, Device.Cpu);
        for (var step = 0; step < count; step++)
            run.Step(0.01f);
        return run;
    }

    private static TrainingRun Start(JsonNode reference, Device device, bool average = true)
    {
        var model = OnnxModel.Load($"{Folder}/net.onnx");
        Optimizer optimizer = (string)reference["name"]! == "sgd" ? new Sgd { WeightDecay = 1e-4f }
            : new AdamW { WeightDecay = 1e-2f };
        var graph = TrainingGraph.Build(model, ["y"], Loss, optimizer with { ClipNorm = (float?)reference["clip"] },
            new() { Average = average ? new((double)reference["decay"]!, (double)reference["ramp"]!) : null });
        var run = new TrainingRun(graph, model, device);
        foreach (var name in new[] { "x", "y" })
            Numbers(Reference[name]!).CopyTo(run.Input<float>(name == "y" ? "target" : name));
        return run;
    }

    private static Dictionary<string, Var> Loss(Graph graph, IReadOnlyList<Var> heads)
    {
        var difference = heads[0] - graph.Input("target", 2, 2, 8, 8);
        return new() { ["error"] = Op.SumAll(difference * difference) * (1 / 256f) };
    }

    private static void Compare(TrainingRun run, JsonNode reference, float[] found, string what)
    {
        var (expected, offset) = (Numbers(reference), 0);
        foreach (var entry in Reference["layout"]!.AsArray())
        {
            var own = run.Graph.Layout.Entries.Single(e => e.Name == (string)entry![0]!);
            for (var i = 0; i < own.Shape.Size; i++)
                Assert.AreEqual(expected[offset + i], found[own.Offset + i], 2e-6, $"{own.Name}[{i}], {what}");
            offset += (int)own.Shape.Size;
        }
    }

    private static float[] Numbers(JsonNode list) => [.. list.AsArray().Select(number => (float)(double)number!)];
}
