using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Models.Proto;
using OnnxGraphs.Quantization;

namespace OnnxGraphs.Tests.Quantization;

/// <summary>Files as ONNX Runtime's quantize_dynamic writes them, opened as floats and closed again.</summary>
[TestClass]
public sealed class IntegerFormTests
{
    private const float WeightScale = 0.02f;

    [TestMethod]
    public void Opened_it_computes_what_the_whole_numbers_do()
    {
        var (file, picture) = (File(), Picture());
        var floats = IntegerForm.Open(file);
        CollectionAssert.AreEqual(new[] { "Conv", "Relu", "Flatten", "MatMul" },
            floats.Proto.Graph.Node.Select(node => node.OpType).ToArray());
        var whole = OnnxRun.Once(file, ("x0", picture))[0].Values<float>().ToArray();
        var own = OnnxRun.Once(floats, ("x0", picture))[0].Values<float>().ToArray();
        var largest = whole.Max(Math.Abs);
        for (var i = 0; i < whole.Length; i++)
            Assert.AreEqual(whole[i], own[i], 0.02f * largest, $"number {i}");
    }

    [TestMethod]
    public void Weights_are_what_the_whole_numbers_stand_for()
    {
        var weight = IntegerForm.Open(File()).Initializers["conv.weight"].ToTensor();
        Assert.AreEqual(ElementType.Float32, weight.Type);
        CollectionAssert.AreEqual(Numbers(54).Select(q => WeightScale * (q - 100)).ToArray(),
            weight.Values<float>().ToArray());
        // A scale for each column.
        var matrix = IntegerForm.Open(File()).Initializers["linear.weight"].ToTensor().Values<float>();
        Assert.AreEqual(0.01f * (Numbers(32)[2] - 128), matrix[2]);
        Assert.AreEqual(0.04f * (Numbers(32)[3] - 90), matrix[3]);
    }

    [TestMethod]
    public void Untouched_it_is_written_back_bit_for_bit()
    {
        var file = File();
        var closed = IntegerForm.Close(IntegerForm.Open(file));
        Assert.IsFalse(closed.Proto.MetadataProps.Any());
        CollectionAssert.AreEquivalent(file.Proto.Graph.Node.ToArray(), closed.Proto.Graph.Node.ToArray());
        CollectionAssert.AreEquivalent(file.Proto.Graph.Initializer.Select(Described).ToArray(),
            closed.Proto.Graph.Initializer.Select(Described).ToArray());
        CollectionAssert.AreEqual(OnnxRun.Once(file, ("x0", Picture()))[0].Data,
            OnnxRun.Once(closed, ("x0", Picture()))[0].Data);
    }

    // s = (3 - -1) / 255, z = round(0 + 1 / s) = 64.
    [TestMethod]
    public void Trained_weights_get_scale_and_zero_point_of_their_range()
    {
        var floats = IntegerForm.Open(File());
        float[] trained = [.. Enumerable.Range(0, 54).Select(i => i == 0 ? -1 : i == 1 ? 3 : 0.5f + 0.01f * i)];
        Store(floats, "conv.weight", Tensor.Of<float>(new(2, 3, 3, 3), trained));
        var closed = IntegerForm.Close(floats).Initializers;
        var scale = closed["conv.weight_scale"].ToTensor().Values<float>()[0];
        Assert.AreEqual(4f / 255, scale, 1e-9f);
        Assert.AreEqual(64, closed["conv.weight_zero_point"].ToTensor().Data[0]);
        var whole = closed["conv.weight"].ToTensor();
        Assert.AreEqual((ElementType.UInt8, (byte)0, (byte)255), (whole.Type, whole.Data[0], whole.Data[1]));
        for (var i = 0; i < trained.Length; i++)
            Assert.AreEqual(trained[i], scale * (whole.Data[i] - 64), scale / 2 + 1e-6f, $"weight {i}");
        // The other layer was left alone.
        CollectionAssert.AreEqual(File().Initializers["linear.weight"].ToTensor().Data,
            closed["linear.weight"].ToTensor().Data);
    }

    [TestMethod]
    public void Other_classes_get_scales_for_each_column()
    {
        var floats = IntegerForm.Open(File());
        Store(floats, "linear.weight", Tensor.Of<float>(new(8, 6),
            [.. Enumerable.Range(0, 48).Select(i => 0.1f * (i % 6 - 2))]));
        var closed = IntegerForm.Close(floats);
        Assert.AreEqual(new TensorShape(6), closed.Initializers["linear.weight_scale"].ToTensor().Shape);
        Assert.AreEqual(new TensorShape(6), closed.Initializers["linear.weight_zero_point"].ToTensor().Shape);
        var whole = OnnxRun.Once(closed, ("x0", Picture()))[0];
        Assert.AreEqual(new TensorShape(1, 6), whole.Shape);
        var own = OnnxRun.Once(floats, ("x0", Picture()))[0].Values<float>().ToArray();
        Assert.AreEqual(own[5], whole.Values<float>()[5], 0.02f * own.Max(Math.Abs));
    }

    [TestMethod]
    public void What_has_no_float_form_is_refused_with_a_remedy()
    {
        var node = HandMade.Node("QLinearWhere", ["x0", "s", "z", "w", "s", "z", "s", "z"]);
        var model = HandMade.Model(13, [Tensor.Of<byte>(new(1, 2), [1, 2])], [node]);
        var error = Assert.ThrowsExactly<ModelException>(() => IntegerForm.Open(model));
        StringAssert.Contains(error.Message, "QLinearWhere 'y'");
        StringAssert.Contains(error.Message, "quantize_dynamic");
    }

    [TestMethod]
    [DataRow("yolo11n_int8")]
    [DataRow("yolov8n_int8_mtrya")]
    [DataRow("deimv2_atto_int8")]
    public void Real_files_come_back_bit_for_bit(string name)
    {
        var file = OnnxModel.Load(SharedFolder.Require("zoo", name + ".onnx"));
        var floats = IntegerForm.Open(file);
        Assert.IsFalse(floats.Proto.Graph.Node.Any(node => node.OpType is "ConvInteger" or "MatMulInteger"
            or "DynamicQuantizeLinear"));
        var closed = IntegerForm.Close(floats);
        CollectionAssert.AreEquivalent(file.Proto.Graph.Node.ToArray(), closed.Proto.Graph.Node.ToArray());
        CollectionAssert.AreEquivalent(file.Proto.Graph.Initializer.Select(Described).ToArray(),
            closed.Proto.Graph.Initializer.Select(Described).ToArray());
    }

    // conv (asymmetric, one scale) - relu - flatten of whole numbers - linear (a scale for each column)
    private static OnnxModel File()
    {
        NodeProto Node(string op, string[] inputs, string[] outputs, params (string, object)[] attributes) =>
            HandMade.Node(op, inputs, outputs, attributes);
        return HandMade.Model(13, [Picture()],
        [
            Node("DynamicQuantizeLinear", ["x0"], ["x_quantized", "x_scale", "x_zero_point"]),
            Node("Reshape", ["conv.bias", "bias_shape"], ["bias_reshaped"]),
            Node("ConvInteger", ["x_quantized", "conv.weight", "x_zero_point", "conv.weight_zero_point"], ["conv_whole"],
                ("strides", new long[] { 2, 2 }), ("pads", new long[] { 1, 1, 1, 1 })),
            Node("Cast", ["conv_whole"], ["conv_cast"], ("to", 1L)),
            Node("Mul", ["x_scale", "conv.weight_scale"], ["conv_scales"]),
            Node("Mul", ["conv_cast", "conv_scales"], ["conv_scaled"]),
            Node("Add", ["conv_scaled", "bias_reshaped"], ["conv"]),
            Node("Relu", ["conv"], ["relu"]),
            Node("DynamicQuantizeLinear", ["relu"], ["r_quantized", "r_scale", "r_zero_point"]),
            Node("Flatten", ["r_quantized"], ["flat_quantized"]),
            Node("Mul", ["r_scale", "linear.weight_scale"], ["linear_scales"]),
            Node("MatMulInteger", ["flat_quantized", "linear.weight", "r_zero_point", "linear.weight_zero_point"],
                ["linear_whole"]),
            Node("Cast", ["linear_whole"], ["linear_cast"], ("to", 1L)),
            Node("Mul", ["linear_cast", "linear_scales"], ["logits"]),
        ],
        ("conv.weight", Tensor.Of<byte>(new(2, 3, 3, 3), Numbers(54))), ("conv.weight_scale", Scalar(WeightScale)),
        ("conv.weight_zero_point", Tensor.Of<byte>(TensorShape.Scalar, [100])),
        ("conv.bias", Tensor.Of<float>(new(2), [0.5f, -0.25f])), ("bias_shape", Tensor.Vector(1L, -1L, 1L, 1L)),
        ("linear.weight", Tensor.Of<byte>(new(8, 4), Numbers(32))),
        ("linear.weight_scale", Tensor.Of<float>(new(4), [0.01f, 0.02f, 0.01f, 0.04f])),
        ("linear.weight_zero_point", Tensor.Of<byte>(new(4), [128, 110, 128, 90])));
    }

    private static Tensor Scalar(float value) => Tensor.Of<float>(TensorShape.Scalar, [value]);

    private static byte[] Numbers(int count) => [.. Enumerable.Range(0, count).Select(i => (byte)(i * 67 % 251))];

    private static Tensor Picture() =>
        Tensor.Of<float>(new(1, 3, 4, 4), [.. Enumerable.Range(0, 48).Select(i => MathF.Sin(i) + 0.3f)]);

    private static void Store(OnnxModel model, string name, Tensor value)
    {
        model.Proto.Graph.Initializer.Remove(model.Initializers[name]);
        model.Proto.Graph.Initializer.Add(value.ToProto(name));
    }

    private static string Described(TensorProto tensor) => $"{tensor.Name} {tensor.DataType} "
        + $"[{string.Join(", ", tensor.Dims)}] {Convert.ToBase64String(tensor.ToTensor().Data)}";
}
