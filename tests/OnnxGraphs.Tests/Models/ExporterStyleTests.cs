using OnnxGraphs.Gradients;
using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Ops;
using OnnxGraphs.Surgery;
using static OnnxGraphs.Tests.HandMade;

namespace OnnxGraphs.Tests;

/// <summary>Models as exporters other than PyTorch's write them.</summary>
[TestClass]
public sealed class ExporterStyleTests
{
    private static readonly RandomTensors Random = new(86);

    // Keras: pictures [N, H, W, C], turned for each convolution, TensorFlow's padding, weights turned inside the graph,
    // shapes computed as 32-bit integers, a bias added on its own.
    [TestMethod]
    public void KerasWithItsTransposes()
    {
        var x = Random.Normal(2, 9, 9, 3);
        var model = Model(13, [x],
        [
            Node("Transpose", ["x0"], ["nchw"], ("perm", (long[])[0, 3, 1, 2])),
            Node("Transpose", ["kernel"], ["w"], ("perm", (long[])[3, 2, 0, 1])),
            Node("Conv", ["nchw", "w"], ["c"], ("auto_pad", "SAME_UPPER"), ("strides", (long[])[2, 2])),
            Node("Transpose", ["c"], ["nhwc"], ("perm", (long[])[0, 2, 3, 1])),
            Node("Add", ["nhwc", "dense/bias"], ["b"]), Node("Clip", ["b", "low", "high"], ["r"]),
            Node("Shape", ["r"], ["shape"]), Node("Cast", ["shape"], ["shape32"], ("to", 6)),
            Node("Slice", ["shape32", "from", "until"], ["batch"]),
            Node("Concat", ["batch", "rest"], ["to32"], ("axis", 0)), Node("Cast", ["to32"], ["to"], ("to", 7)),
            Node("Reshape", ["r", "to"], ["flat"]), Node("MatMul", ["flat", "m"]),
        ], ("kernel", Random.Normal(3, 3, 3, 4)), ("dense/bias", Random.Normal(4)),
            ("low", Tensor.Scalar(ElementType.Float32, 0)), ("high", Tensor.Scalar(ElementType.Float32, 6)),
            ("from", Tensor.Vector(0L)), ("until", Tensor.Vector(1L)), ("rest", Tensor.Vector(-1)),
            ("m", Random.Normal(100, 3)));
        Assert.AreEqual("kernel dense/bias m", string.Join(" ", TrainableWeights.Of(model, ["y"])));
        Check(model, x, "kernel", "dense/bias", "m");
    }

    [TestMethod]
    [DataRow(18)]
    [DataRow(20)]
    public void GroupNormalizationScaledByGroup(int opset)
    {
        var x = Random.Normal(2, 4, 3, 3);
        var node = Node("GroupNormalization", ["x0", "s", "b"], ("num_groups", 2), ("epsilon", 1e-3f));
        var (s, b) = (Random.Normal(2), Random.Normal(2));
        var model = Model(opset, [x], [node], ("s", s), ("b", b));
        // The same by channels, as opset 21 says it.
        var twin = Model(21, [x], [node], ("s", Twice(s)), ("b", Twice(b)));
        var expected = OnnxRun.Once(twin, ("x0", x))[0];
        var graph = new Graph();
        var y = GraphReader.Read(model, graph, ["y"], new() { IsParameter = name => name == "s" })[0];
        var found = OnnxRun.Once(GraphWriter.Write([y], graph.Inputs), ("s", s), ("x0", x))[0];
        Close.AreEqual(expected, found, 1e-5f);
        Assert.AreEqual(s.Shape, Gradient.Of(Op.SumAll(y), [graph.Find("s")!])[0].Shape);
    }

    // Of opsets newer than the one that graphs are written in.
    [TestMethod]
    [DataRow(22)]
    [DataRow(23)]
    public void NewerOpsetsMeanTheSame(int opset)
    {
        var x = Random.Normal(2, 3, 4);
        Check(Model(opset, [x], [Node("MatMul", ["x0", "w"], ["m"]), Node("Gelu", ["m"], ["g"]),
            Node("LayerNormalization", ["g", "s"], ("axis", -1))], ("w", Random.Normal(4, 5)), ("s", Random.Normal(5))),
            x, "w", "s");
    }

    [TestMethod]
    public void RootMeanSquareNormalization()
    {
        var x = Random.Normal(2, 3, 4);
        Check(Model(23, [x], [Node("RMSNormalization", ["x0", "s"], ("epsilon", 1e-3f))], ("s", Random.Normal(4))), x,
            "s");
    }

    private static Tensor Twice(Tensor values) =>
        Tensor.Vector<float>([.. values.Values<float>().ToArray().SelectMany(v => (float[])[v, v])]);

    // The value against ONNX Runtime's of the file itself; the gradients of weights against differences of that.
    private static void Check(OnnxModel model, Tensor x, params string[] weights)
    {
        var graph = new Graph();
        var y = GraphReader.Read(model, graph, ["y"], new() { IsParameter = weights.Contains })[0];
        var loss = Op.SumAll(y * graph.Constant("u", new RandomTensors(5).Normal(y.Shape.ToArray())));
        var gradients = Gradient.Of(loss, [.. weights.Select(name => graph.Find(name)!)]);
        var stored = weights.Select(name => (name, model.Initializers[name].ToTensor()));
        var found = OnnxRun.Once(GraphWriter.Write([y, loss, .. gradients], graph.Inputs), [.. stored, ("x0", x)]);
        Close.AreEqual(OnnxRun.Once(model, ("x0", x))[0], found[0], 1e-5f);
        foreach (var (name, gradient) in weights.Zip(found.Skip(2)))
        {
            const float Step = 1e-3f;
            var values = gradient.Values<float>().ToArray();
            var expected = (Loss(name, Step) - Loss(name, -Step)) / (2 * Step);
            Assert.AreEqual(expected, values.Select((g, i) => g * Sign(i)).Sum(),
                2e-2 * Math.Sqrt(values.Sum(g => (double)g * g)) + 1e-3, name);
        }

        double Loss(string name, float step)
        {
            var moved = model.Initializers[name].ToTensor();
            var values = moved.Values<float>().ToArray().Select((w, i) => w + step * Sign(i)).ToArray();
            var copy = model.Clone();
            var place = copy.Proto.Graph.Initializer.Index().First(tensor => tensor.Item.Name == name).Index;
            copy.Proto.Graph.Initializer[place] = Tensor.Of<float>(moved.Shape, values).ToProto(name);
            var u = new RandomTensors(5).Normal(y.Shape.ToArray()).Values<float>().ToArray();
            return OnnxRun.Once(copy, ("x0", x))[0].Values<float>().ToArray().Zip(u, (a, b) => (double)a * b).Sum();
        }
    }

    private static int Sign(int i) => i % 3 == 0 ? 1 : -1;
}
