using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Models.Proto;
using OnnxGraphs.Ops;
using OnnxGraphs.Optimizers;
using OnnxGraphs.Training;
using static OnnxGraphs.Tests.HandMade;

namespace OnnxGraphs.Tests.Training;

/// <summary>Models whose weights are not stored as float32: trained as such, saved as they were.</summary>
[TestClass]
public sealed class StoredTypesTests
{
    private static readonly RandomTensors Random = new(83);
    private static readonly Tensor Images = Random.Normal(4, 2, 6, 6);

    public static IEnumerable<object[]> Models =>
    [
        ["16-bit floats", Half(), "w b"], ["16-bit weights, cast", CastWeights(), "w"],
        ["int8 for each channel", Quantized(perChannel: true), "w b"], ["int8", Quantized(perChannel: false), "w b"],
        ["weights in float, quantised in the graph", QuantizedInside(), "w"],
    ];

    [TestMethod]
    [DynamicData(nameof(Models))]
    public void TrainsAndIsSavedAsItWas(string name, OnnxModel model, string weights)
    {
        var graph = TrainingGraph.Build(model, ["y"], Loss, new Sgd(0.9f));
        Assert.AreEqual(weights, string.Join(" ", graph.Layout.Entries.Select(entry => entry.Name)), name);
        using var run = new TrainingRun(graph, model);
        // With no step of training the file is what it was.
        CollectionAssert.AreEqual(model.ToBytes(), graph.Layout.Scatter(run.Read(0), model).ToBytes());
        var before = Error(model);
        Images.Values<float>().CopyTo(run.Input<float>("x0"));
        Assert.AreEqual(before, run.Step(0.02f), 1e-2 * before, "the step computes what the file does");
        for (var step = 0; step < 60; step++)
            run.Step(0.02f);
        var tuned = graph.Layout.Scatter(run.Read(0), model);
        foreach (var (tensor, old) in tuned.Proto.Graph.Initializer.Zip(model.Proto.Graph.Initializer))
            Assert.AreEqual($"{old.Name} {old.DataType} {old.Dims}", $"{tensor.Name} {tensor.DataType} {tensor.Dims}");
        Assert.AreEqual(run.Term("error"), Error(tuned), 0.1 * before, "the saved file does what was trained");
        Assert.IsLessThan(0.5 * before, Error(tuned));
    }

    // Halves: cast inside, as converters write them.
    private static OnnxModel Half()
    {
        var model = Model(17, [Images],
        [
            Node("Cast", ["x0"], ["h"], ("to", 10)), Node("Conv", ["h", "w", "b"], ["c"]), Node("Relu", ["c"], ["r"]),
            Node("Mul", ["r", "two"], ["m"]), Node("Cast", ["m"], ("to", 1)),
        ], ("w", Halves(Random.Normal(3, 2, 3, 3))), ("b", Halves(Random.Normal(3))),
            ("two", Tensor.Scalar(ElementType.Float16, 2)));
        return model;
    }

    private static OnnxModel CastWeights() => Model(17, [Images],
        [Node("Cast", ["w"], ["wide"], ("to", 1)), Node("Conv", ["x0", "wide"])],
        ("w", Halves(Random.Normal(3, 2, 3, 3))));

    private static OnnxModel Quantized(bool perChannel)
    {
        var scales = perChannel ? Tensor.Vector(0.01f, 0.02f, 0.015f) : Tensor.Scalar(ElementType.Float32, 0.02);
        var zeros = new Tensor(ElementType.Int8, scales.Shape, new byte[scales.Shape.Size]);
        return Model(13, [Images],
        [
            Node("QuantizeLinear", ["x0", "xs", "xz"], ["xq"]), Node("DequantizeLinear", ["xq", "xs", "xz"], ["xd"]),
            Node("DequantizeLinear", ["w", "ws", "wz"], ["wd"], ("axis", 0)),
            Node("DequantizeLinear", ["b", "bs"], ["bd"]), Node("Conv", ["xd", "wd", "bd"], ["c"]),
            Node("Relu", ["c"], ["r"]),
            Node("QuantizeLinear", ["r", "rs", "rz"], ["rq"]), Node("DequantizeLinear", ["rq", "rs", "rz"]),
        ], ("xs", Tensor.Scalar(ElementType.Float32, 0.03)), ("xz", Tensor.Scalar(ElementType.UInt8, 128)),
            ("w", Bytes(3, 2, 3, 3)), ("ws", scales), ("wz", zeros), ("b", Tensor.Vector(120, -250, 77)),
            ("bs", Tensor.Scalar(ElementType.Float32, 0.0006)), ("rs", Tensor.Scalar(ElementType.Float32, 0.05)),
            ("rz", Tensor.Scalar(ElementType.UInt8, 0)));
    }

    // As PyTorch exports a model in the middle of quantisation-aware training.
    private static OnnxModel QuantizedInside() => Model(13, [Images],
    [
        Node("QuantizeLinear", ["w", "ws", "wz"], ["wq"]), Node("DequantizeLinear", ["wq", "ws", "wz"], ["wd"]),
        Node("Conv", ["x0", "wd"]),
    ], ("w", Random.Uniform(-1, 1, 3, 2, 3, 3)), ("ws", Tensor.Scalar(ElementType.Float32, 0.01)),
        ("wz", new Tensor(ElementType.Int8, TensorShape.Scalar, [0])));

    private static Tensor Bytes(params long[] dims)
    {
        var values = Random.Uniform(-100, 100, dims).Values<float>().ToArray();
        return Tensor.Of<sbyte>(new(dims), [.. values.Select(value => (sbyte)value)]);
    }

    private static Tensor Halves(Tensor tensor) =>
        FloatTensors.FromFloat32(tensor.Shape, tensor.Values<float>(), ElementType.Float16);

    // The mean of (y - 0.5)^2: the constant is learnt within a few steps.
    private static Dictionary<string, Var> Loss(Graph graph, IReadOnlyList<Var> heads) =>
        new() { ["error"] = Op.ReduceMean(Op.Pow(heads[0] - 0.5f, 2), keep: false) };

    private static float Error(OnnxModel model) =>
        OnnxRun.Once(model, ("x0", Images))[0].Values<float>().ToArray().Average(y => (y - 0.5f) * (y - 0.5f));
}
