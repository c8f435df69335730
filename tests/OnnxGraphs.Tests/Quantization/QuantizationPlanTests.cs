using Microsoft.ML.OnnxRuntime;
using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Models.Proto;
using OnnxGraphs.Quantization;
using OnnxGraphs.Runtime;
using static OnnxGraphs.Tests.HandMade;

namespace OnnxGraphs.Tests.Quantization;

/// <summary>Small networks in whole numbers: near their floats, on the grids of the formulas, by integer kernels.</summary>
[TestClass]
public sealed class QuantizationPlanTests
{
    private static readonly Tensor Picture = new RandomTensors(5).Uniform(-1, 1, 1, 3, 16, 16);

    // Convolution with its normalisation, a clipped one, a depthwise one, a sum of two branches, a pooling, a last layer.
    private static OnnxModel Network(int opset)
    {
        var random = new RandomTensors(11);
        return Model(opset, [Picture],
        [
            Node("Conv", ["x0", "w0"], ["c0"], ("pads", new long[] { 1, 1, 1, 1 })),
            Node("BatchNormalization", ["c0", "gamma", "beta", "mean", "variance"], ["n0"]), Node("Relu", ["n0"], ["r0"]),
            Node("Conv", ["r0", "w1", "b1"], ["c1"], ("group", 8), ("pads", new long[] { 1, 1, 1, 1 })),
            Node("Sigmoid", ["c1"], ["s1"]), Node("Mul", ["c1", "s1"], ["m1"]), Node("Add", ["m1", "r0"], ["sum"]),
            Node("MaxPool", ["sum"], ["pool"], ("kernel_shape", new long[] { 2, 2 }), ("strides", new long[] { 2, 2 })),
            Node("Conv", ["pool", "w2", "b2"], ["raw"]), Node("Exp", ["raw"]),
        ], ("w0", random.Normal(8, 3, 3, 3)), ("gamma", random.Uniform(0.5, 1.5, 8)), ("beta", random.Normal(8)),
            ("mean", random.Normal(8)), ("variance", random.Uniform(1, 9, 8)), ("w1", random.Normal(8, 1, 3, 3)),
            ("b1", random.Normal(8)), ("w2", random.Normal(4, 8, 1, 1)), ("b2", random.Normal(4)));
    }

    [TestMethod]
    [DataRow(9, 18)]
    [DataRow(13, 13)]
    [DataRow(19, 19)]
    [DataRow(21, 21)]
    public void Whole_numbers_are_near_the_floats(int opset, int written)
    {
        var model = Quantized(Network(opset), new());
        Assert.AreEqual(written, model.Opset);
        CollectionAssert.AreEqual(Network(opset).OutputNames.ToArray(), model.OutputNames.ToArray());
        IsNear(Network(opset), model, 0.03f);
    }

    public static IEnumerable<object[]> Choices =>
    [
        ["symmetric", new QuantizationOptions { Activations = ElementType.Int8, SymmetricActivations = true }, 0.05f],
        ["one scale for each weight", new QuantizationOptions { PerChannel = false }, 0.05f],
        ["half of the numbers", new QuantizationOptions { ReducedWeights = true }, 0.05f],
        ["percentile", new QuantizationOptions { Ranges = RangeMethod.Percentile, Percentile = 99.99 }, 0.05f],
        ["entropy", new QuantizationOptions { Ranges = RangeMethod.Entropy }, 0.2f],
        ["16 bits", new QuantizationOptions { Activations = ElementType.UInt16 }, 0.03f],
    ];

    [TestMethod, DynamicData(nameof(Choices))]
    public void Each_choice_gives_a_network(string name, QuantizationOptions options, float bound)
    {
        var model = Quantized(Network(13), options);
        Assert.AreEqual(options.Activations == ElementType.UInt16 ? 21 : 13, model.Opset, name);
        IsNear(Network(13), model, bound);
    }

    [TestMethod]
    public void Every_layer_runs_on_an_integer_kernel()
    {
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName() + ".onnx");
        try
        {
            using (var options = new SessionOptions { OptimizedModelFilePath = path })
            {
                options.LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR;
                options.GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_EXTENDED;
                using var session = new InferenceSession(Quantized(Network(13), new()).ToBytes(), options);
            }
            var operators = OnnxModel.Load(path).Proto.Graph.Node.Select(node => node.OpType).ToList();
            Assert.AreEqual(3, operators.Count(op => op == "QLinearConv"));
            foreach (var fused in new[] { "QLinearSigmoid", "QLinearMul", "QLinearAdd", "MaxPool", "QuantizeLinear" })
                Assert.AreEqual(1, operators.Count(op => op == fused), fused);
            foreach (var gone in new[] { "Conv", "Relu", "BatchNormalization", "Sigmoid" })
                Assert.DoesNotContain(gone, operators);
        }
        finally
        {
            File.Delete(path);
        }
    }

    // s = (max - min) / 255, z = round(-min / s); weights: s = max |w| / 127.
    [TestMethod]
    public void Grids_are_those_of_the_formulas()
    {
        var model = Quantized(Network(13), new() { CorrectBias = false });
        var numbers = Picture.Values<float>().ToArray();
        var scale = (numbers.Max() - numbers.Min()) / 255;
        Assert.AreEqual(scale, Stored(model, "x0/scale").Values<float>()[0], 1e-8f);
        Assert.AreEqual((byte)MathF.Round(-numbers.Min() / scale), Stored(model, model.Producers["x0/whole"].Input[2]).Data[0]);
        Assert.AreEqual(0, Stored(model, model.Producers["r0/whole"].Input[2]).Data[0], "what Relu leaves begins at 0");
        var weight = Network(13).Initializers["w2"].ToTensor();
        float[] scales = [.. weight.Values<float>().ToArray().Chunk(8).Select(row => row.Max(MathF.Abs) / 127)];
        CollectionAssert.AreEqual(scales, Stored(model, "w2/scale").Values<float>().ToArray());
        float[] products = [.. scales.Select(s => s * Stored(model, "sum/scale").Values<float>()[0])];
        CollectionAssert.AreEqual(products, Stored(model, "raw/q_bias/scale").Values<float>().ToArray());
        Assert.AreEqual("sum/scale", model.Producers["pool/whole"].Input[1], "a maximum moves only");
    }

    [TestMethod]
    public void Whole_numbers_are_those_of_QuantizeLinear()
    {
        var model = Quantized(Network(13), new());
        foreach (var (name, axis) in new[] { ("w1", 0), ("w2", 0) })
        {
            var (weight, scale) = (Network(13).Initializers[name].ToTensor(), Stored(model, name + "/scale"));
            var alone = Model(13, [weight], [Node("QuantizeLinear", ["x0", "s", "z"], ("axis", axis))],
                ("s", scale), ("z", new(ElementType.Int8, scale.Shape, new byte[scale.Shape.Size])));
            CollectionAssert.AreEqual(OnnxRun.Once(alone, ("x0", weight))[0].Data, Stored(model, name + "/whole").Data);
        }
    }

    [TestMethod]
    public void A_corrected_bias_takes_the_mean_error_back()
    {
        double Error(bool correct)
        {
            var options = new QuantizationOptions { CorrectBias = correct, PerChannel = false, ReducedWeights = true };
            var (exact, rounded) = (Raw(Network(13)), Raw(Quantized(Network(13), options)));
            return exact.Chunk(64).Zip(rounded.Chunk(64)).Sum(channel => Math.Abs(channel.First.Average() - channel.Second.Average()));
        }
        Assert.IsLessThan(0.6 * Error(false), Error(true));
    }

    [TestMethod]
    public void What_is_named_stays_in_floats()
    {
        var model = Quantized(Network(13), new() { Floats = ["raw", "s1"] });
        Assert.AreEqual("w2", model.Producers["raw"].Input[1]);
        Assert.AreEqual("w1/rounded", model.Producers["c1/exact"].Input[1]);
        IsNear(Network(13), model, 0.03f);
        var error = Assert.ThrowsExactly<ArgumentException>(() => Quantized(Network(13), new() { Floats = ["none"] }));
        StringAssert.Contains(error.Message, "Floats has 'none'");
        StringAssert.Contains(error.Message, "'raw'");
    }

    [TestMethod]
    public void What_cannot_be_quantised_is_said()
    {
        StringAssert.Contains(Assert.ThrowsExactly<ModelException>(
            () => Quantized(Quantized(Network(13), new()), new())).Message, "whole numbers already");
        StringAssert.Contains(Assert.ThrowsExactly<ModelException>(() => QuantizationPlan.Of(
            Model(13, [Picture], [Node("Relu", ["x0"])]), "x0", ["y"], new())).Message, "no Conv, Gemm or MatMul");
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(
            () => Quantized(Network(13), new() { Activations = ElementType.Float16 })).Message, "Activations is Float16");
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(
            () => Quantized(Network(13), new() { Percentile = 40 })).Message, "Percentile is 40");
    }

    [TestMethod]
    public void Nothing_seen_and_no_number_are_errors()
    {
        var plan = QuantizationPlan.Of(Network(13), "x0", ["raw"], new());
        using var calibration = new Calibration(plan, new(Picture.Type, Picture.Shape));
        StringAssert.Contains(Assert.ThrowsExactly<InvalidOperationException>(
            () => plan.Apply(calibration, new())).Message, "No picture was observed");
        using var spoilt = HostTensors.Write(Tensor.Filled(Picture.Shape, float.NaN));
        calibration.Observe(spoilt, 1);
        StringAssert.Contains(Assert.ThrowsExactly<InvalidOperationException>(
            () => plan.Apply(calibration, new())).Message, "Value 'x0' was NaN or infinite 768 times");
    }

    [TestMethod]
    public void Values_that_never_change_have_a_grid()
    {
        var model = Model(13, [Picture], [Node("Conv", ["x0", "w"], ["c"]), Node("Relu", ["c"], ["r"]), Node("Conv", ["r", "v"])],
            ("w", Tensor.Filled(new(2, 3, 1, 1), 0)), ("v", new RandomTensors(1).Normal(1, 2, 1, 1)));
        Assert.IsTrue(OnnxRun.Once(Quantized(model, new(), "y"), ("x0", Picture))[0].Values<float>().ToArray().All(y => y == 0));
    }

    // The trained part ends at 'raw'; what follows stays in floats.
    private static OnnxModel Quantized(OnnxModel model, QuantizationOptions options, string value = "raw")
    {
        var plan = QuantizationPlan.Of(model, "x0", [value], options);
        using var calibration = new Calibration(plan, new(Picture.Type, Picture.Shape));
        using var picture = HostTensors.Write(Picture);
        calibration.Observe(picture, 1);
        return plan.Apply(calibration, options);
    }

    private static Tensor Stored(OnnxModel model, string name) => model.Initializers[name].ToTensor();

    private static float[] Raw(OnnxModel model) =>
        [.. OnnxRun.Once(model, ("x0", Picture))[0].Values<float>().ToArray().Select(y => MathF.Log(y))];

    private static void IsNear(OnnxModel exact, OnnxModel rounded, float bound)
    {
        var (expected, found) = (Raw(exact), Raw(rounded));
        var reach = expected.Max() - expected.Min();
        for (var i = 0; i < expected.Length; i++)
            Assert.AreEqual(expected[i], found[i], bound * reach, $"{i}");
    }
}
