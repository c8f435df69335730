using Microsoft.ML.OnnxRuntime;
using OnnxGraphs.Graphs;
using OnnxGraphs.Losses;
using OnnxGraphs.Models;
using OnnxGraphs.Ops;
using OnnxGraphs.Optimizers;
using OnnxGraphs.Runtime;
using OnnxGraphs.Training;

namespace OnnxGraphs.Tests.Training;

/// <summary>Steps whose values lie where a plan puts them, beside steps in ONNX Runtime's arena.</summary>
[TestClass]
[DoNotParallelize] // One of these gives the environment an allocator, which it keeps.
public sealed class PlannedMemoryTests
{
    private const int Layers = 12, Batch = 4, Side = 32;
    private static readonly Device Arena = Device.Cpu with { PlansMemory = false };

    [TestMethod]
    [DataRow(1, true, false)]
    [DataRow(2, true, false)]
    [DataRow(3, false, false)]
    [DataRow(4, true, true)]
    [DataRow(5, false, true)]
    public void StepsAreTheSameBits(int seed, bool kernels, bool recompute)
    {
        var model = Network(seed, Side);
        var step = Step(model, recompute);
        using TrainingRun planned = new(step, model, Device.Cpu with { Kernels = kernels }),
            arena = new(step, model, Arena with { Kernels = kernels });
        for (var i = 0; i < 5; i++)
        {
            RandomTensors.Fill(planned.Input<float>("x"), i);
            RandomTensors.Fill(arena.Input<float>("x"), i);
            Assert.AreEqual(arena.Step(0.01f), planned.Step(0.01f), $"loss of step {i}");
            CollectionAssert.AreEqual(arena.Read(0), planned.Read(0), $"weights after step {i}");
            Assert.AreEqual(i > 0, planned.PlannedBytes > 0, $"step {i} follows the first one");
        }
        Assert.AreEqual(0, arena.PlannedBytes);
    }

    /// <summary>The region holds what lives at once, far less than all values together, and less if much is computed again.</summary>
    [TestMethod]
    public void ValuesTakePlacesInTurn()
    {
        var model = Network(1, Side);
        long one = sizeof(float) * Batch * 16 * Side * Side, held = Planned(false), again = Planned(true);
        Assert.IsGreaterThan(Layers * one, held, "every layer's output is held");
        Assert.IsLessThan(3 * Layers * one, held, "gradients take places of what is needed no more");
        Assert.IsLessThan(0.8 * held, again);

        long Planned(bool recompute)
        {
            using var run = new TrainingRun(Step(model, recompute), model);
            run.Step(0.01f);
            run.Step(0.01f);
            return run.PlannedBytes;
        }
    }

    /// <summary>As many hard negatives are sorted as the picture with the most positives asks for.</summary>
    [TestMethod]
    public void SizesMayDependOnData()
    {
        const int anchors = 16 * Side * Side / 8;
        var model = Network(1, Side);
        var step = TrainingGraph.Build(model, ["y"], (graph, heads) =>
        {
            var targets = new DetectionTargets(graph.Input("classes", ElementType.Int64, new(Batch, anchors)),
                graph.Input("boxes", Batch, anchors, 4));
            var numbers = Op.Reshape(heads[0], [Batch, anchors, 8]);
            return new MultiBoxLoss().Terms(targets, Op.Slice(numbers, 2, 0, 4), Op.Slice(numbers, 2, 4, 8));
        }, new Sgd(0));
        using TrainingRun planned = new(step, model), arena = new(step, model, Arena);
        foreach (var positives in new[] { 1, 5, 600, 7, 0, 300, 601, 0, 2000, 2, 2 })
        {
            foreach (var run in new[] { planned, arena })
            {
                RandomTensors.Fill(run.Input<float>("x"), positives);
                run.Input<long>("classes").Fill(-1);
                run.Input<long>("classes")[..positives].Clear();
                run.Step(0.01f);
            }
            CollectionAssert.AreEqual(arena.Read(0), planned.Read(0), $"weights after {positives} positives");
        }
    }

    [TestMethod]
    public void StepsOfSeveralShapesShareARegion()
    {
        OnnxModel small = Network(1, 16), large = Network(1, 48);
        using VariantRun both = new([Step(small, false), Step(large, false)], large),
            arena = new([Step(small, false), Step(large, false)], large, Arena);
        foreach (var (i, set) in new[] { 0, 0, 1, 1, 0, 1, 0, 0 }.Index())
        {
            RandomTensors.Fill(both.Input<float>("x", set), i);
            RandomTensors.Fill(arena.Input<float>("x", set), i);
            both.Advance(0.01f, set);
            arena.Advance(0.01f, set);
            CollectionAssert.AreEqual(arena.Read(0), both.Read(0), $"weights after step {i}");
        }
    }

    [TestMethod]
    public void RunsOnSeveralThreadsHaveTheirOwn()
    {
        var model = Network(2, Side);
        var step = Step(model, false);
        var expected = Weights(Arena);
        var found = new float[4][];
        Parallel.For(0, found.Length, new() { MaxDegreeOfParallelism = found.Length }, i => found[i] = Weights(Device.Cpu));
        foreach (var weights in found)
            CollectionAssert.AreEqual(expected, weights);

        float[] Weights(Device device)
        {
            using var run = new TrainingRun(step, model, device);
            for (var i = 0; i < 6; i++)
            {
                RandomTensors.Fill(run.Input<float>("x"), i);
                run.Step(0.01f);
            }
            return run.Read(0);
        }
    }

    /// <summary>An application may share an allocator among its sessions: before a step is opened, or behind it.</summary>
    [TestMethod]
    public void LeavesTheEnvironmentToTheApplication()
    {
        var model = Network(1, Side);
        var step = Step(model, false);
        using var before = new TrainingRun(step, model);
        before.Step(0.01f);
        using (var memory = new OrtMemoryInfo("Cpu", OrtAllocatorType.ArenaAllocator, 0, OrtMemType.Default))
            OrtEnv.Instance().CreateAndRegisterAllocator(memory, new OrtArenaCfg(0, -1, -1, -1));
        before.Step(0.01f);
        Assert.IsGreaterThan(0, before.PlannedBytes);
        using var behind = new TrainingRun(step, model);
        behind.Step(0.01f);
        behind.Step(0.01f);
        CollectionAssert.AreEqual(before.Read(0), behind.Read(0));
        Assert.AreEqual(0, behind.PlannedBytes);
        using var again = new TrainingRun(step, model);
        again.Step(0.01f);
        again.Step(0.01f);
        Assert.AreEqual(0, again.PlannedBytes, "the application's allocator stays where it is");
    }

    private static TrainingGraph Step(OnnxModel model, bool recompute) => TrainingGraph.Build(model, ["y"],
        (_, heads) => new Dictionary<string, Var> { ["square"] = Op.ReduceMean(heads[0] * heads[0]) }, new AdamW(),
        new() { Recompute = recompute });

    // Layers of several kinds, with values that are read again much later.
    private static OnnxModel Network(int seed, int side)
    {
        var (graph, random, choice) = (new Graph(), new RandomTensors(seed), new Random(seed));
        var value = graph.Input("x", Batch, 16, side, side);
        var earlier = new List<Var> { value };
        for (var layer = 0; layer < Layers; layer++)
        {
            var size = choice.Next(2) * 2 + 1;
            value = Op.Conv(value, graph.Constant($"w{layer:d2}", random.Uniform(-0.1f, 0.1f, 16, 16, size, size)),
                graph.Constant($"b{layer:d2}", random.Uniform(-0.1f, 0.1f, 16)), pad: size / 2);
            value = choice.Next(3) == 0 ? Op.Sigmoid(value) * value : Op.Relu(value);
            if (choice.Next(3) == 0)
                value = Op.Conv(Op.Concat([value, earlier[choice.Next(earlier.Count)]], 1),
                    graph.Constant($"j{layer:d2}", random.Uniform(-0.1f, 0.1f, 16, 32, 1, 1)));
            earlier.Add(value);
        }
        graph.Output("y", value);
        return GraphWriter.Write(graph);
    }
}
