using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Models.Proto;
using OnnxGraphs.Quantization;
using OnnxGraphs.Runtime;
using static OnnxGraphs.Tests.HandMade;

namespace OnnxGraphs.Tests.Quantization;

/// <summary>Channels of very different sizes between convolutions: equalised, floats stay and whole numbers are saved.</summary>
[TestClass]
public sealed class CrossLayerEqualizationTests
{
    private static readonly Tensor Picture = new RandomTensors(5).Uniform(-1, 1, 1, 3, 12, 12);

    // A convolution, a depthwise one and a last one, whose channels differ up to 10 000 times.
    private static OnnxModel Network(string activation)
    {
        var random = new RandomTensors(11);
        float[] sizes = [100, 10, 1, 0.1f, 0.01f, 30, 3, 0.3f];
        Tensor Scaled(Tensor tensor, Func<int, float> by) => Tensor.Of<float>(tensor.Shape,
            [.. tensor.Values<float>().ToArray().Select((value, i) => value * by(i))]);
        return Model(13, [Picture],
        [
            Node("Conv", ["x0", "w0", "b0"], ["c0"], ("pads", new long[] { 1, 1, 1, 1 })), Node(activation, ["c0"], ["r0"]),
            Node("Conv", ["r0", "w1", "b1"], ["c1"], ("group", 8), ("pads", new long[] { 1, 1, 1, 1 })),
            Node(activation, ["c1"], ["r1"]), Node("Conv", ["r1", "w2", "b2"], ["raw"]), Node("Identity", ["raw"]),
        ], ("w0", Scaled(random.Normal(8, 3, 3, 3), i => sizes[i / 27])), ("b0", Scaled(random.Normal(8), i => sizes[i])),
            ("w1", Scaled(random.Normal(8, 1, 3, 3), i => sizes[7 - i / 9] / sizes[i / 9])), ("b1", Scaled(random.Normal(8), i => sizes[7 - i])),
            ("w2", Scaled(random.Normal(4, 8, 1, 1), i => 1 / sizes[7 - i % 8])), ("b2", random.Normal(4)));
    }

    [TestMethod]
    [DataRow("Relu")]
    [DataRow("LeakyRelu")]
    public void Floats_stay_and_a_weight_with_one_scale_keeps_all_its_channels(string activation)
    {
        var network = Network(activation);
        var equal = QuantizationPlan.Of(network, "x0", ["raw"], new() { Equalize = true }).Model;
        var (expected, found) = (Run(network), Run(equal));
        var reach = expected.Max(MathF.Abs);
        foreach (var (a, b) in expected.Zip(found))
            Assert.AreEqual(a, b, 1e-5f * reach);
        Assert.IsGreaterThan(0.2 * reach, Error(network, equalize: false));
        Assert.IsLessThan(0.05 * reach, Error(network, equalize: true));
        // Between two layers the largest weights of each channel are the same on both sides.
        var (w0, w1) = (Weights(equal, "w0").Chunk(27).ToArray(), Weights(equal, "w1").Chunk(9).ToArray());
        for (var channel = 0; channel < 8; channel++)
            Assert.AreEqual(1, w0[channel].Max(MathF.Abs) / w1[channel].Max(MathF.Abs), 0.01f);
    }

    [TestMethod]
    public void Where_a_limit_or_another_reader_lies_between_layers_stay()
    {
        foreach (var model in new[] { Network("HardSwish"), Read(Network("Relu")), Shared() })
        {
            var plan = QuantizationPlan.Of(model, "x0", ["raw"], new() { Equalize = true });
            foreach (var name in new[] { "w0", "w1" })
                CollectionAssert.AreEqual(Weights(model, name), Weights(plan.Model, name), name);
        }

        // Two values that the file gives out.
        static OnnxModel Read(OnnxModel model)
        {
            model.Proto.Graph.Output.Add(new ValueInfoProto { Name = "r0" });
            model.Proto.Graph.Output.Add(new ValueInfoProto { Name = "r1" });
            return model;
        }

        // A weight of two layers.
        static OnnxModel Shared() => Model(13, [Picture],
        [
            Node("Conv", ["x0", "w1"], ["c0"]), Node("Conv", ["c0", "w0"], ["c1"]), Node("Conv", ["c1", "w0"], ["raw"]),
            Node("Identity", ["raw"]),
        ], ("w0", new RandomTensors(1).Normal(3, 3, 1, 1)), ("w1", new RandomTensors(2).Normal(3, 3, 1, 1)));
    }

    [TestMethod]
    public void A_channel_of_zeros_stays()
    {
        var model = Model(13, [Picture], [Node("Conv", ["x0", "w0"], ["c0"]), Node("Conv", ["c0", "w1"], ["raw"]), Node("Identity", ["raw"])],
            ("w0", Tensor.Of<float>(new(2, 3, 1, 1), [0, 0, 0, 8, 2, 1])), ("w1", Tensor.Of<float>(new(1, 2, 1, 1), [3, 2])));
        var plan = QuantizationPlan.Of(model, "x0", ["raw"], new() { Equalize = true });
        Close.AreEqual(Tensor.Of<float>(new(6), [0, 0, 0, 4, 1, 0.5f]), Tensor.Of<float>(new(6), Weights(plan.Model, "w0")), 1e-5f);
        Close.AreEqual(Tensor.Of<float>(new(2), [3, 4]), Tensor.Of<float>(new(2), Weights(plan.Model, "w1")), 1e-5f);
    }

    private static double Error(OnnxModel model, bool equalize)
    {
        var options = new QuantizationOptions { Equalize = equalize, PerChannel = false, CorrectBias = false };
        var plan = QuantizationPlan.Of(model, "x0", ["raw"], options);
        using var calibration = new Calibration(plan, new(Picture.Type, Picture.Shape));
        using var picture = HostTensors.Write(Picture);
        calibration.Observe(picture, 1);
        return Run(model).Zip(Run(plan.Apply(calibration, options)), (a, b) => Math.Abs(a - b)).Max();
    }

    private static float[] Weights(OnnxModel model, string name) =>
        model.Initializers[name].ToTensor().Values<float>().ToArray();

    private static float[] Run(OnnxModel model) => OnnxRun.Once(model, ("x0", Picture))[^1].Values<float>().ToArray();
}
