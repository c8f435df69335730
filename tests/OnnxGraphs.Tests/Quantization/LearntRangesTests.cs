using Microsoft.ML.OnnxRuntime;
using OnnxGraphs.Graphs;
using OnnxGraphs.Losses;
using OnnxGraphs.Models;
using OnnxGraphs.Optimizers;
using OnnxGraphs.Quantization;
using OnnxGraphs.Runtime;
using OnnxGraphs.Surgery;
using OnnxGraphs.Training;
using static OnnxGraphs.Tests.HandMade;

namespace OnnxGraphs.Tests.Quantization;

/// <summary>Scales of activations as weights: what they compute, how they move, and what is saved.</summary>
[TestClass]
public sealed class LearntRangesTests
{
    private static readonly Tensor Picture = new RandomTensors(5).Uniform(-1, 1, 1, 3, 8, 8);

    private static OnnxModel Network()
    {
        var random = new RandomTensors(11);
        return Model(13, [Picture],
        [
            Node("Conv", ["x0", "w0", "b0"], ["c0"], ("pads", new long[] { 1, 1, 1, 1 })), Node("Relu", ["c0"], ["r0"]),
            Node("MaxPool", ["r0"], ["pool"], ("kernel_shape", new long[] { 2, 2 }), ("strides", new long[] { 2, 2 })),
            Node("Conv", ["pool", "w1", "b1"], ["raw"]), Node("Identity", ["raw"]),
        ], ("w0", random.Normal(8, 3, 3, 3)), ("b0", random.Normal(8)), ("w1", random.Normal(4, 8, 1, 1)), ("b1", random.Normal(4)));
    }

    private static OnnxModel Rounded()
    {
        // Sums of products of 16 bits stay right on processors without VNNI, too.
        var options = new QuantizationOptions { ReducedWeights = true };
        var plan = QuantizationPlan.Of(Network(), "x0", ["raw"], options);
        using var calibration = new Calibration(plan, new(Picture.Type, Picture.Shape));
        using var picture = HostTensors.Write(Picture);
        calibration.Observe(picture, 1);
        return plan.Apply(calibration, options);
    }

    [TestMethod]
    public void An_opened_file_computes_the_same_and_closes_to_the_same()
    {
        var (model, opened) = (Rounded(), LearntRanges.Open(Rounded()));
        CollectionAssert.AreEquivalent(new[] { "x0/scale/learnt", "r0/scale/learnt", "raw/scale/learnt" },
            LearntRanges.Of(opened).ToArray(), "what is only pooled shares the scale of what it pools");
        CollectionAssert.AreEqual(Run(model), Run(opened));
        var closed = LearntRanges.Close(opened);
        CollectionAssert.AreEqual(Run(model), Run(closed));
        CollectionAssert.AreEquivalent(model.Initializers.Keys.ToArray(), closed.Initializers.Keys.ToArray());
        foreach (var (name, tensor) in model.Initializers)
            CollectionAssert.AreEqual(tensor.ToTensor().Data, closed.Initializers[name].ToTensor().Data, name);
        Assert.AreSame(model, LearntRanges.Close(model));
    }

    // A larger scale of the result makes its grid coarser; plain descent on the error moves it, and it alone, by the gradient.
    [TestMethod]
    public void A_step_moves_the_scales_by_their_gradients()
    {
        const float Rate = 0.01f;
        var opened = LearntRanges.Open(Rounded());
        Var Loss(IReadOnlyList<Var> values) => new SquaredErrorLoss().Of(values[0], values[0].Graph.Constant(
            Tensor.Filled(values[0].Shape, 0.3f)));
        var graph = TrainingGraph.Build(opened, ["raw"], (_, values) => new Dictionary<string, Var> { ["error"] = Loss(values) },
            new Sgd { Momentum = 0, WeightDecay = 0 }, new()
            {
                InputShapes = new Dictionary<string, TensorShape> { ["x0"] = Picture.Shape }, Also = LearntRanges.Of(opened),
                Groups = [new("w*") { RateFactor = 0 }, new("*bias*") { RateFactor = 0 }],
            });
        using var run = new TrainingRun(graph, opened);
        Picture.Values<float>().CopyTo(run.Input<float>("x0"));
        run.Advance(Rate);
        var moved = graph.Layout.Scatter(run.ReadWeights(), opened);
        // d/ds of the last grid by hand: its rounded numbers q s, those before it by their pair's own input.
        var (s, y, v) = (Stored(Rounded(), "raw/scale")[0], Run(Rounded()), Run(opened, exact: "raw/exact"));
        var count = y.Length;
        var slope = y.Zip(v, (value, x) => 2 * (value - 0.3) / count * (value - x) / s).Sum() / Math.Sqrt(count * 255.0);
        Assert.AreEqual(1 - Rate * s * slope, Stored(moved, "raw/scale/learnt")[0], 1e-6);
        Assert.AreNotEqual(1f, Stored(moved, "r0/scale/learnt")[0]);
        CollectionAssert.AreEqual(opened.Initializers["w0/whole"].ToTensor().Data, moved.Initializers["w0/whole"].ToTensor().Data);
        Assert.AreEqual(s * Stored(moved, "raw/scale/learnt")[0], Stored(LearntRanges.Close(moved), "raw/scale")[0], 1e-9f);
    }

    [TestMethod]
    public void Biases_follow_their_products_so_that_integer_kernels_give_what_the_pairs_say()
    {
        var opened = LearntRanges.Open(Rounded());
        foreach (var (i, name) in LearntRanges.Of(opened).Index())
            opened.Proto.Graph.Initializer[opened.Proto.Graph.Initializer.IndexOf(opened.Initializers[name])] =
                Tensor.Scalar(ElementType.Float32, 1.1 + 0.2 * i).ToProto(name);
        var closed = LearntRanges.Close(opened);
        var (before, after) = (Stored(Rounded(), "x0/scale")[0], Stored(closed, "x0/scale")[0]);
        Assert.AreEqual(before * 1.1f, after, 1e-6f * before);
        float[] products = [.. Stored(closed, "w0/scale").Select(scale => scale * after)];
        CollectionAssert.AreEqual(products, Stored(closed, "c0/q_bias/scale"));
        var whole = closed.Initializers["c0/q_bias/whole"].ToTensor().Values<int>().ToArray();
        var old = Rounded().Initializers["c0/q_bias/whole"].ToTensor().Values<int>().ToArray();
        foreach (var ((a, b), scales) in whole.Zip(old).Zip(products.Zip(Stored(Rounded(), "c0/q_bias/scale"))))
            Assert.AreEqual(b * scales.Second, a * scales.First, scales.First, "the bias itself stays");
        var step = Stored(closed, "raw/scale")[0];
        foreach (var (a, b) in Run(closed, GraphOptimizationLevel.ORT_DISABLE_ALL).Zip(Run(closed)))
            Assert.AreEqual(a, b, 1.01f * step, "one step where sums lie between two");
    }

    [TestMethod]
    public void What_has_no_ranges_or_lost_them_is_named()
    {
        StringAssert.Contains(Assert.ThrowsExactly<ModelException>(() => LearntRanges.Open(Network())).Message,
            "no activation is rounded");
        var opened = LearntRanges.Open(Rounded());
        var name = LearntRanges.Of(opened)[0];
        opened.Proto.Graph.Initializer[opened.Proto.Graph.Initializer.IndexOf(opened.Initializers[name])] =
            Tensor.Scalar(ElementType.Float32, -0.1).ToProto(name);
        StringAssert.Contains(Assert.ThrowsExactly<ModelException>(() => LearntRanges.Close(opened)).Message,
            "the scale 'x0/scale' came to -0.1 of what it was");
    }

    private static float[] Stored(OnnxModel model, string name) => model.Initializers[name].ToTensor().Values<float>().ToArray();

    private static float[] Run(OnnxModel model, GraphOptimizationLevel level = GraphOptimizationLevel.ORT_ENABLE_ALL,
        string? exact = null)
    {
        if (exact is not null)
            return Subgraph.Run(model, new Dictionary<string, Tensor> { ["x0"] = Picture }, [exact])[exact].Values<float>().ToArray();
        using var options = new SessionOptions { GraphOptimizationLevel = level };
        using var session = new InferenceSession(model.ToBytes(), options);
        using var run = new RunOptions();
        using var picture = HostTensors.Write(Picture);
        using var results = session.Run(run, ["x0"], [picture], model.OutputNames);
        return HostTensors.Read(results[0]).Values<float>().ToArray();
    }
}
