using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Models.Proto;
using OnnxGraphs.Quantization;
using static OnnxGraphs.Tests.HandMade;

namespace OnnxGraphs.Tests.Quantization;

/// <summary>Files as ONNX Runtime's static quantisation writes them with QuantFormat.QOperator, as pairs and closed again.</summary>
[TestClass]
public sealed class OperatorFormTests
{
    private static readonly Tensor Picture = new RandomTensors(5).Uniform(-1, 1, 1, 3, 8, 8);

    [TestMethod]
    [DataRow(12, false)]
    [DataRow(13, false)]
    [DataRow(13, true)]
    [DataRow(12, true)]
    [DataRow(21, true)]
    public void Opened_it_computes_the_same_numbers(int opset, bool channels)
    {
        var file = File(opset, channels);
        var open = OperatorForm.Open(file);
        Assert.IsFalse(open.Proto.Graph.Node.Any(node => node.OpType.StartsWith('Q') && node.OpType != "QuantizeLinear"));
        Assert.AreEqual(opset < 13 && channels ? 18 : opset, open.Opset);
        CollectionAssert.AreEqual(Run(file), Run(open));
    }

    [TestMethod]
    [DataRow(13, true)]
    [DataRow(12, false)]
    public void Untouched_it_is_written_back_bit_for_bit(int opset, bool channels)
    {
        var file = File(opset, channels);
        var closed = OperatorForm.Close(OperatorForm.Open(file));
        Assert.IsEmpty(closed.Proto.MetadataProps);
        CollectionAssert.AreEquivalent(file.Proto.Graph.Node.ToArray(), closed.Proto.Graph.Node.ToArray());
        CollectionAssert.AreEquivalent(file.Proto.Graph.Initializer.ToArray(), closed.Proto.Graph.Initializer.ToArray());
        CollectionAssert.AreEqual(file.Proto.OpsetImport.ToArray(), closed.Proto.OpsetImport.ToArray());
    }

    [TestMethod]
    public void A_bias_on_another_grid_comes_back_in_steps_of_the_products()
    {
        var open = OperatorForm.Open(File(13, false));
        var number = open.Producers[open.Producers["c0/exact"].Input[2]];
        var (scale, bias) = (open.Initializers[number.Input[1]], open.Initializers[number.Input[0]]);
        var coarse = 2 * scale.ToTensor().Values<float>()[0];
        open.Proto.Graph.Initializer[open.Proto.Graph.Initializer.IndexOf(scale)] =
            Tensor.Scalar(ElementType.Float32, coarse).ToProto(scale.Name);
        var closed = OperatorForm.Close(open);
        var node = closed.Producers["c0"];
        Assert.AreEqual("QLinearConv", node.OpType);
        CollectionAssert.AreEqual(bias.ToTensor().Values<int>().ToArray().Select(b => 2 * b).ToArray(),
            closed.Initializers[node.Input[8]].ToTensor().Values<int>().ToArray());
        CollectionAssert.AreEqual(Run(open), Run(closed));
    }

    [TestMethod]
    public void What_stands_between_pairs_without_a_whole_operator_stays()
    {
        var file = File(13, false);
        var open = OperatorForm.Open(file);
        open.Producers["sum/exact"].OpType = "Sub";
        var closed = OperatorForm.Close(open);
        Assert.AreEqual("Sub", closed.Producers["sum/exact"].OpType);
        Assert.AreEqual("QuantizeLinear", closed.Producers["sum"].OpType);
        Assert.AreEqual("QLinearConv", closed.Producers["c0"].OpType);
        CollectionAssert.AreEqual(Run(open), Run(closed));
    }

    [TestMethod]
    public void Channels_last_are_refused_with_a_remedy()
    {
        var file = File(13, false);
        file.Proto.Graph.Node.First(node => node.OpType == "QLinearGlobalAveragePool").Attribute
            .Add(new AttributeProto { Name = "channels_last", Type = AttributeProto.Types.AttributeType.Int, I = 1 });
        var error = Assert.ThrowsExactly<ModelException>(() => OperatorForm.Open(file));
        StringAssert.Contains(error.Message, "QLinearGlobalAveragePool 'mean'");
        StringAssert.Contains(error.Message, "QuantFormat.QDQ");
    }

    [TestMethod]
    public void A_file_without_whole_operators_is_left_alone()
    {
        var floats = Model(13, [Picture], [Node("Relu", ["x0"])]);
        Assert.AreSame(floats, OperatorForm.Open(floats));
        Assert.AreSame(floats, OperatorForm.Close(floats));
    }

    private static float[] Run(OnnxModel model) => OnnxRun.Once(model, ("x0", Picture))[0].Values<float>().ToArray();

    // conv - two branches (depthwise conv - sigmoid, greatest of 3 x 3) - sum - product - joined - scaled - mean - matrix
    private static OnnxModel File(int opset, bool channels)
    {
        var random = new RandomTensors(3);
        Tensor Bytes(ElementType type, params long[] dims)
        {
            var shape = new TensorShape(dims);
            // Two products of such weights fit into 16 bits: processors without VNNI add them there.
            return new(type, shape, [.. random.Uniform(-64, 64, dims).Values<float>().ToArray().Select(v => unchecked((byte)(int)v))]);
        }
        Tensor Steps(int count, float s) => channels
            ? Tensor.Vector<float>([.. Enumerable.Range(0, count).Select(i => s * (1 + 0.1f * i))]) : Tensor.Scalar(ElementType.Float32, s);
        Tensor Zeros(int count) => channels ? new(ElementType.Int8, new(count), new byte[count]) : Tensor.Scalar(ElementType.Int8, 0);
        NodeProto Own(string op, string[] inputs, string output, params (string, object)[] attributes)
        {
            var node = Node(op, inputs, [output], attributes);
            node.Domain = "com.microsoft";
            return node;
        }
        var model = Model(opset, [Picture],
        [
            Node("QuantizeLinear", ["x0", "s0", "z0"], ["q0"]),
            Node("QLinearConv", ["q0", "s0", "z0", "w0", "ws0", "wz0", "s1", "z1", "b0"], ["c0"], ("pads", new long[] { 1, 1, 1, 1 })),
            Node("QLinearConv", ["c0", "s1", "z1", "w1", "ws1", "wz1", "s2", "z2"], ["c1"], ("group", 4), ("pads", new long[] { 1, 1, 1, 1 })),
            Own("QLinearSigmoid", ["c1", "s2", "z2", "s3", "z1"], "gate"),
            Node("MaxPool", ["c0"], ["greatest"], ("kernel_shape", new long[] { 3, 3 }), ("pads", new long[] { 1, 1, 1, 1 })),
            Own("QLinearAdd", ["c1", "s2", "z2", "greatest", "s1", "z1", "s2", "z2"], "sum"),
            Own("QLinearMul", ["sum", "s2", "z2", "gate", "s3", "z1", "s2", "z2"], "product"),
            Own("QLinearConcat", ["s2", "z2", "product", "s2", "z2", "c0", "s1", "z1"], "joined", ("axis", 1)),
            Own("QLinearLeakyRelu", ["joined", "s2", "z2", "s2", "z2"], "leaky", ("alpha", 0.1f)),
            Own("QLinearGlobalAveragePool", ["leaky", "s2", "z2", "s2", "z2"], "mean"),
            Node("Flatten", ["mean"], ["flat"]),
            Node("QLinearMatMul", ["flat", "s2", "z2", "w2", "ws2", "wz2", "s2", "z2"], ["m"]),
            Node("DequantizeLinear", ["m", "s2", "z2"]),
        ],
        ("s0", Tensor.Scalar(ElementType.Float32, 2f / 255)), ("z0", Tensor.Scalar(ElementType.UInt8, 128)),
        ("s1", Tensor.Scalar(ElementType.Float32, 0.02)), ("z1", Tensor.Scalar(ElementType.UInt8, 0)),
        ("s2", Tensor.Scalar(ElementType.Float32, 0.03)), ("z2", Tensor.Scalar(ElementType.UInt8, 120)),
        ("s3", Tensor.Scalar(ElementType.Float32, 1f / 256)),
        ("w0", Bytes(ElementType.Int8, 4, 3, 3, 3)), ("ws0", Steps(4, 0.004f)), ("wz0", Zeros(4)),
        ("b0", Tensor.Vector<int>(1000, -2000, 500, 20)),
        ("w1", Bytes(ElementType.Int8, 4, 1, 3, 3)), ("ws1", Steps(4, 0.005f)), ("wz1", Zeros(4)),
        ("w2", Bytes(ElementType.Int8, 8, 5)), ("ws2", Steps(5, 0.006f)), ("wz2", Zeros(5)));
        model.Proto.OpsetImport.Add(new OperatorSetIdProto { Domain = "com.microsoft", Version = 1 });
        return model;
    }
}
