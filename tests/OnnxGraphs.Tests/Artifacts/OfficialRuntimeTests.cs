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
            worst = Math.Max(worst, Math.Abs(losses[step]
                - results[4 * step][TrainingGraph.Loss][0] - results[4 * step + 1][TrainingGraph.Loss][0]) / losses[step]);
        TestContext.WriteLine($"losses differ by at most {worst:g3} of their size");
        Assert.IsLessThanOrEqualTo(1e-5f, worst);
        Compare(own.Read(0), results[^1]["weights"], before);
    }

    private void Compare(float[] own, float[] official, float[] before)
    {
        Assert.HasCount(own.Length, official);
        var difference = own.Zip(official, (a, b) => Math.Abs(a - b)).Max();
        var moved = own.Zip(before, (a, b) => Math.Abs(a - b)).Max();
        TestContext.WriteLine($"weights moved by up to {moved:g3} and differ by at most {difference:g3}");
        Assert.IsGreaterThan(1e-3f, moved);
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
