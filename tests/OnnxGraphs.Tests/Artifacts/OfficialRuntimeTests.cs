using OnnxGraphs.Artifacts;
using OnnxGraphs.Graphs;
using OnnxGraphs.Optimizers;
using OnnxGraphs.Training;

namespace OnnxGraphs.Tests.Artifacts;

/// <summary>Artifacts in the official training runtime, against this library's own step.</summary>
[TestClass]
public sealed class OfficialRuntimeTests
{
    private const int Steps = 6;
    private readonly string _folder = Directory.CreateTempSubdirectory("artifacts-").FullName;

    public TestContext TestContext { get; set; } = null!;

    [TestCleanup]
    public void Remove() => Directory.Delete(_folder, recursive: true);

    // Each update sees the sum of two batches; our step gets both in one.
    [TestMethod]
    [DataRow("adamw", GradientKernels.Standard)]
    [DataRow("adamw", GradientKernels.TrainingRuntime)]
    [DataRow("sgd", GradientKernels.Standard)]
    [DataRow("sgd", GradientKernels.TrainingRuntime)]
    [DataRow("clipped", GradientKernels.Standard)]
    public void FollowsOurStepWithAccumulatedGradients(string optimizer, GradientKernels kernels)
    {
        var artifacts = SmallNetwork.Write(_folder, Optimizer(optimizer), new() { Kernels = kernels });
        var official = new OfficialRuntime(artifacts);
        using var own = SmallNetwork.OwnRun(Optimizer(optimizer), 4);
        var before = own.Read(0);
        var losses = new List<float>();
        for (var step = 0; step < Steps; step++)
        {
            var (first, second) = (SmallNetwork.Data(10 + step), SmallNetwork.Data(20 + step));
            official.Step("train", first);
            official.Step("train", second);
            official.Command("update");
            official.Command("reset");
            losses.Add(OwnStep(own, Both(first, second)));
        }
        official.Command("weights");
        var results = official.Run();
        var worst = 0f;
        for (var step = 0; step < Steps; step++)
        {
            var theirs = results[4 * step][TrainingGraph.Loss][0] + results[4 * step + 1][TrainingGraph.Loss][0];
            worst = Math.Max(worst, Math.Abs(losses[step] - theirs) / losses[step]);
        }
        TestContext.WriteLine($"losses differ by at most {worst:g3} of their size");
        Assert.IsLessThanOrEqualTo(1e-5f, worst);
        Compare(own.Read(0), results[^1]["weights"], before);
    }

    // With SGD: without a reset the second update takes the first gradient again.
    [TestMethod]
    public void GradientsAddUpUntilTheyAreReset()
    {
        var official = new OfficialRuntime(SmallNetwork.Write(_folder, new Sgd(0)));
        using var own = SmallNetwork.OwnRun(new Sgd(0), 2);
        var start = own.Read(0);
        official.Step("train", SmallNetwork.Data(1));
        official.Command("update");
        official.Step("train", SmallNetwork.Data(2));
        official.Command("update");
        official.Command("weights");
        OwnStep(own, SmallNetwork.Data(1));
        var once = own.Read(0);
        OwnStep(own, SmallNetwork.Data(2));
        float[] expected = [.. own.Read(0).Zip(once, (both, first) => both + first).Zip(start, (sum, w) => sum - w)];
        Compare(expected, official.Run()[^1]["weights"], start);
    }

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void GoesOnFromOurCheckpoint(bool adam)
    {
        Optimizer optimizer = adam ? new AdamW { WeightDecay = 0.01f } : new Sgd(0);
        using var own = SmallNetwork.OwnRun(optimizer, 2);
        for (var step = 0; step < 3; step++)
            OwnStep(own, SmallNetwork.Data(step));
        var artifacts = SmallNetwork.Write(_folder, optimizer, new() { Start = own.Save() });
        var (official, before) = (new OfficialRuntime(artifacts), own.Read(0));
        for (var step = 3; step < Steps; step++)
        {
            official.Step("train", SmallNetwork.Data(step));
            official.Command("update");
            official.Command("reset");
            OwnStep(own, SmallNetwork.Data(step));
        }
        official.Command("weights");
        Compare(own.Read(0), official.Run()[^1]["weights"], before);
    }

    [TestMethod]
    public void EvaluatesWithTheWeightsOfTheLastUpdate()
    {
        var official = new OfficialRuntime(SmallNetwork.Write(_folder, new Sgd(0)));
        using var own = SmallNetwork.OwnRun(new Sgd(0), 2);
        official.Step("evaluate", SmallNetwork.Data(1));
        official.Step("train", SmallNetwork.Data(1));
        official.Command("update");
        official.Step("evaluate", SmallNetwork.Data(2));
        var before = OwnStep(own, SmallNetwork.Data(1));
        var head = OnnxRun.Once(own.Graph.Layout.Scatter(own.Read(0), SmallNetwork.Model()),
            (SmallNetwork.Input, SmallNetwork.Data(2)[0]))[0];
        var after = OwnStep(own, SmallNetwork.Data(2));
        var results = official.Run();
        Assert.AreEqual(before, results[0][TrainingGraph.Loss][0], 1e-5f * before);
        Assert.AreEqual(after, results[3][TrainingGraph.Loss][0], 1e-5f * after);
        Assert.AreEqual(after, results[3]["focal"][0], 1e-5f * after);
        Close.AreEqual(head.Values<float>(), results[3][SmallNetwork.Head], 1e-5f, "the value cut at");
    }

    // Weights of equal shapes would change places unseen: load distinct ones, and look at the loss of both models.
    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void TakesWeightsInTheOrderOfTheLayout(bool nominal)
    {
        var artifacts = SmallNetwork.Write(_folder, new AdamW(), new() { Nominal = nominal });
        var names = artifacts.Layout.Entries.Select(entry => entry.Name).ToArray();
        var weights = Swapped(artifacts.Layout);
        CollectionAssert.AreEqual(
            new[] { "z.weight", "z.bias", "middle.weight", "early.weight", "a.weight", "a.bias" }, names);
        var official = new OfficialRuntime(artifacts);
        official.Load(weights);
        official.Command("weights");
        official.Step("evaluate", SmallNetwork.Data(1));
        official.Step("train", SmallNetwork.Data(1));
        official.Command("update");
        official.Command("weights");
        using var own = SmallNetwork.OwnRun(new AdamW(), 2);
        own.Restore(own.Save() with
        {
            Vectors = own.Save().Vectors.ToDictionary(pair => pair.Key,
                pair => pair.Key == TrainingGraph.Parameters ? weights : pair.Value),
        });
        var expected = OwnStep(own, SmallNetwork.Data(1));
        var results = official.Run();
        CollectionAssert.AreEqual(weights, results[1]["weights"]);
        Assert.AreEqual(expected, results[2][TrainingGraph.Loss][0], 1e-5f * expected);
        Assert.AreEqual(expected, results[3][TrainingGraph.Loss][0], 1e-5f * expected);
        Compare(own.Read(0), results[5]["weights"], weights, 5e-4f);
        using var unswapped = SmallNetwork.OwnRun(new AdamW(), 2);
        Assert.AreNotEqual(expected, OwnStep(unswapped, SmallNetwork.Data(1)), 1e-3f * expected);
    }

    // The weights of the model, those of equal shape exchanged.
    private static float[] Swapped(ParameterLayout layout)
    {
        var weights = layout.Gather(SmallNetwork.Model());
        var entries = layout.Entries.ToDictionary(entry => entry.Name);
        var (a, b) = (entries["middle.weight"], entries["early.weight"]);
        var copy = weights.ToArray();
        copy.AsSpan((int)a.Offset, (int)a.Shape.Size).CopyTo(weights.AsSpan((int)b.Offset));
        copy.AsSpan((int)b.Offset, (int)b.Shape.Size).CopyTo(weights.AsSpan((int)a.Offset));
        return weights;
    }

    private void Compare(float[] own, float[] official, float[] before, float least = 1e-3f)
    {
        Assert.HasCount(own.Length, official);
        var difference = own.Zip(official, (a, b) => Math.Abs(a - b)).Max();
        var moved = own.Zip(before, (a, b) => Math.Abs(a - b)).Max();
        TestContext.WriteLine($"weights moved by up to {moved:g3} and differ by at most {difference:g3}");
        Assert.IsGreaterThan(least, moved);
        Assert.IsLessThanOrEqualTo(1e-5f, difference);
    }

    private static Optimizer Optimizer(string name) => name switch
    {
        "adamw" => new AdamW(0.8f, 0.99f, 1e-6f) { WeightDecay = 0.05f },
        "clipped" => new AdamW { ClipNorm = 0.5f },
        _ => new Sgd(0),
    };

    private static float OwnStep(TrainingRun run, IReadOnlyList<Tensor> data)
    {
        data[0].Values<float>().CopyTo(run.Input<float>(SmallNetwork.Input));
        data[1].Values<float>().CopyTo(run.Input<float>(SmallNetwork.Target));
        return run.Step(OfficialRuntime.LearningRate);
    }

    private static IReadOnlyList<Tensor> Both(IReadOnlyList<Tensor> a, IReadOnlyList<Tensor> b) =>
        [.. a.Zip(b, (x, y) => new Tensor(x.Type, x.Shape.With(0, x.Shape[0] + y.Shape[0]), [.. x.Data, .. y.Data]))];
}
