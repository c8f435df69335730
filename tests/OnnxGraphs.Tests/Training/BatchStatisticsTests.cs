using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Ops;
using OnnxGraphs.Optimizers;
using OnnxGraphs.Training;
using static OnnxGraphs.Tests.HandMade;

namespace OnnxGraphs.Tests.Training;

/// <summary>BatchNormalization in training form: what it computes, its gradients and its running statistics.</summary>
[TestClass]
public sealed class BatchStatisticsTests
{
    private const int Count = 4 * 5 * 6;
    private static readonly RandomTensors Random = new(5);
    private static readonly Tensor Pixels = Random.Normal(4, 2, 7, 8), Aim = Random.Normal(4, 3, 5, 6);
    private static readonly OnnxModel Net = Model(15, [Pixels],
    [
        Node("Conv", ["x0", "w"], ["c"]),
        Node("BatchNormalization", ["c", "scale", "bias", "mean", "variance"], ("epsilon", 1e-3f), ("momentum", 0.8f)),
    ], ("w", Random.Normal(3, 2, 3, 3)), ("scale", Random.Uniform(0.5, 2, 3)), ("bias", Random.Normal(3)),
        ("mean", Random.Normal(3)), ("variance", Random.Uniform(0.5, 2, 3)));

    [TestMethod]
    public void TheLossIsThatOfTheNormalisedBatch()
    {
        var (c, scale, bias) = (Convolved(), Values("scale"), Values("bias"));
        var aim = Aim.Values<float>().ToArray();
        var loss = 0.0;
        for (var channel = 0; channel < 3; channel++)
        {
            var (mean, variance) = Moments(c, channel);
            foreach (var i in Places(channel))
                loss += Math.Pow((c[i] - mean) / Math.Sqrt(variance + 1e-3) * scale[channel] + bias[channel] - aim[i], 2);
        }
        using var run = Start();
        Assert.AreEqual(loss / (3 * Count), run.Step(0), 1e-5 * loss / (3 * Count));
    }

    // r' = 0.8 r + 0.2 s in each step, with the variance of a sample, as torch.
    [TestMethod]
    public void RunningStatisticsFollowTheBatch()
    {
        using var run = Start();
        for (var step = 0; step < 3; step++)
            run.Step(0);
        var saved = run.Graph.Layout.Scatter(run.ReadWeights(), Net);
        var c = Convolved();
        for (var channel = 0; channel < 3; channel++)
        {
            var (mean, variance) = Moments(c, channel);
            var kept = Math.Pow(0.8, 3);
            Assert.AreEqual(kept * Values("mean")[channel] + (1 - kept) * mean, Values("mean", saved)[channel], 1e-5);
            Assert.AreEqual(kept * Values("variance")[channel] + (1 - kept) * variance * Count / (Count - 1),
                Values("variance", saved)[channel], 1e-5);
        }
    }

    [TestMethod]
    public void GradientsAgreeWithDifferences()
    {
        using var run = Start();
        var state = run.Save();
        var start = state.Vectors[TrainingGraph.Parameters];
        run.Step(1);
        var stepped = run.Read(0);
        for (var i = 0; i < 54 + 6; i++)
        {
            var difference = (LossAt(i, 1e-2f) - LossAt(i, -1e-2f)) / 2e-2;
            Assert.AreEqual(difference, start[i] - stepped[i], 2e-3, $"parameter {i}");
        }

        double LossAt(int place, float shift)
        {
            float[] moved = [.. start];
            moved[place] += shift;
            run.Restore(state with { Vectors = new Dictionary<string, float[]> { [TrainingGraph.Parameters] = moved } });
            return run.Step(0);
        }
    }

    // A filter may be of any length: the batch's own statistics undo it.
    [TestMethod]
    public void TheGradientOfAFilterIsUprightToIt()
    {
        using var run = Start();
        var before = run.Read(0);
        run.Step(1);
        var after = run.Read(0);
        for (var filter = 0; filter < 3; filter++)
        {
            var along = Enumerable.Range(18 * filter, 18).Sum(i => (double)before[i] * (before[i] - after[i]));
            Assert.AreEqual(0, along, 1e-3, $"filter {filter}");
        }
    }

    [TestMethod]
    public void StateResumesBitForBit()
    {
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        using var whole = Start(new AdamW { ClipNorm = 1 }, new() { Decay = 0.5 });
        whole.Step(0.1f);
        whole.Save().Save(path);
        var saved = File.ReadAllBytes(path);
        whole.WriteCheckpoint(path, new Dictionary<string, string>(), new Dictionary<string, float[]>());
        CollectionAssert.AreEqual(saved, File.ReadAllBytes(path));
        using var second = Start(new AdamW { ClipNorm = 1 }, new() { Decay = 0.5 });
        second.Restore(Checkpoint.Load(path));
        File.Delete(path);
        whole.Step(0.1f);
        second.Step(0.1f);
        CollectionAssert.AreEqual(whole.Read(0), second.Read(0));
        CollectionAssert.AreEqual(whole.ReadWeights(), second.ReadWeights());
    }

    // Groups and statistics are chosen by masks in one kernel, which may write over what it read: one set of vectors, not two.
    [TestMethod]
    public void UpdatesInPlaceWithGroupsToo()
    {
        using var run = Start(new AdamW { ClipNorm = 1, WeightDecay = 0.1f });
        Assert.IsTrue(run.UpdatesInPlace);
        using var groups = Start(new Sgd { ClipNorm = 1, WeightDecay = 0.1f }, null, new ParameterGroup { VectorsOnly = true, WeightDecay = 0 },
            new ParameterGroup("w") { RateFactor = 0.5f, FrozenSteps = 1 });
        Assert.IsTrue(groups.UpdatesInPlace);
    }

    // The statistics, which are no gradients, neither count for the norm nor are they moved by the optimiser.
    [TestMethod]
    public void StatisticsDoNotCountForTheNorm()
    {
        using TrainingRun plain = Start(), clipped = Start(new Sgd(0) { ClipNorm = 1e9f }), decayed = Start(new Sgd(0) { WeightDecay = 0.5f });
        foreach (var run in new[] { plain, clipped, decayed })
            run.Step(0.01f);
        CollectionAssert.AreEqual(plain.Read(0), clipped.Read(0));
        CollectionAssert.AreEqual(plain.Read(0)[^6..], decayed.Read(0)[^6..]);
        using var limited = Start(new Sgd(0) { ClipNorm = 1e-3f });
        var before = limited.Read(0);
        limited.Step(1);
        var moved = before.Zip(limited.Read(0)).SkipLast(6).Sum(pair => Math.Pow(pair.First - pair.Second, 2));
        Assert.AreEqual(1e-3, Math.Sqrt(moved), 1e-5);
    }

    [TestMethod]
    public void LayersWithAFrozenScaleStay()
    {
        var error = Assert.ThrowsExactly<ModelException>(() => TrainingGraph.Build(Net, ["y"], Loss, new Sgd(),
            new() { BatchStatistics = true, Frozen = ["scale"] }));
        Assert.Contains("no BatchNormalization with a trained scale", error.Message);
    }

    private static TrainingRun Start(Optimizer? optimizer = null, WeightAverage? average = null, params ParameterGroup[] groups)
    {
        var run = new TrainingRun(TrainingGraph.Build(Net, ["y"], Loss, optimizer ?? new Sgd(0),
            new() { BatchStatistics = true, Average = average, Groups = groups }), Net);
        Pixels.Values<float>().CopyTo(run.Input<float>("x0"));
        Aim.Values<float>().CopyTo(run.Input<float>("aim"));
        return run;
    }

    private static Dictionary<string, Var> Loss(Graph graph, IReadOnlyList<Var> heads)
    {
        var difference = heads[0] - graph.Input("aim", Aim.Shape.ToArray());
        return new() { ["error"] = Op.SumAll(difference * difference) * (1f / (3 * Count)) };
    }

    private static float[] Convolved()
    {
        var part = GraphReader.Read(Net, new(), ["c"])[0];
        return OnnxRun.Once(GraphWriter.Write([part]), ("x0", Pixels))[0].Values<float>().ToArray();
    }

    private static IEnumerable<int> Places(int channel) => Enumerable.Range(0, 4).SelectMany(
        image => Enumerable.Range((3 * image + channel) * 30, 30));

    private static (double Mean, double Variance) Moments(float[] c, int channel)
    {
        var mean = Places(channel).Average(i => (double)c[i]);
        return (mean, Places(channel).Average(i => Math.Pow(c[i] - mean, 2)));
    }

    private static float[] Values(string name, OnnxModel? model = null) =>
        (model ?? Net).Initializers[name].ToTensor().Values<float>().ToArray();
}
