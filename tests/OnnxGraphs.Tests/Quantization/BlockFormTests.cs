using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Models.Proto;
using OnnxGraphs.Quantization;
using static OnnxGraphs.Tests.HandMade;

namespace OnnxGraphs.Tests.Quantization;

/// <summary>Files whose weights alone are whole numbers, in blocks, opened as floats and closed again.</summary>
[TestClass]
public sealed class BlockFormTests
{
    private static readonly Tensor Picture = new RandomTensors(7).Uniform(-1, 1, 1, 3, 6, 6);

    [TestMethod]
    public void Opened_it_computes_the_same_numbers()
    {
        var file = File();
        var open = BlockForm.Open(file);
        CollectionAssert.AreEqual(new[] { "Conv", "Relu", "Conv" }, open.Proto.Graph.Node.Select(node => node.OpType).ToArray());
        CollectionAssert.AreEqual(Run(file), Run(open));
        // Block 1 of row 0 holds places 9 to 17: s (q - z).
        var weight = open.Initializers["w0_reshaped"].ToTensor();
        Assert.AreEqual(new TensorShape(4, 3, 3, 3), weight.Shape);
        var whole = file.Initializers["w0"].ToTensor();
        Assert.AreEqual(0.02f * ((sbyte)whole.Data[9] - 2), weight.Values<float>()[9]);
    }

    [TestMethod]
    public void Untouched_it_is_written_back_bit_for_bit()
    {
        var file = File();
        var closed = BlockForm.Close(BlockForm.Open(file));
        Assert.IsEmpty(closed.Proto.MetadataProps);
        CollectionAssert.AreEquivalent(file.Proto.Graph.Node.ToArray(), closed.Proto.Graph.Node.ToArray());
        CollectionAssert.AreEquivalent(file.Proto.Graph.Initializer.ToArray(), closed.Proto.Graph.Initializer.ToArray());
    }

    // s = (3 - -1) / 255, z = round(-128 + 1 / s) = -64.
    [TestMethod]
    public void Trained_blocks_get_scale_and_zero_point_of_their_range()
    {
        var open = BlockForm.Open(File());
        float[] trained = [.. Enumerable.Range(0, 108).Select(i => i == 0 ? -1 : i == 1 ? 3 : 0.5f + 0.001f * i)];
        Store(open, "w0_reshaped", Tensor.Of<float>(new(4, 3, 3, 3), trained));
        var closed = BlockForm.Close(open);
        var (scale, zero) = (closed.Initializers["w0_scales"].ToTensor(), closed.Initializers["w0_zeros"].ToTensor());
        Assert.AreEqual(new TensorShape(4, 3), scale.Shape);
        Assert.AreEqual(4f / 255, scale.Values<float>()[0], 1e-9f);
        Assert.AreEqual(-64, (sbyte)zero.Data[0]);
        Assert.AreEqual((0.5f + 0.017f) / 255, scale.Values<float>()[1], 1e-8f);
        var (expected, found) = (Run(open), Run(closed));
        for (var i = 0; i < expected.Length; i++)
            Assert.AreEqual(expected[i], found[i], 0.02f * expected.Max(MathF.Abs), $"{i}");
    }

    [TestMethod]
    public void Other_channels_get_blocks_of_their_own()
    {
        var open = BlockForm.Open(File());
        Store(open, "w1_reshaped", new RandomTensors(9).Normal(7, 4, 1, 1));
        var closed = BlockForm.Close(open);
        Assert.AreEqual(new TensorShape(7, 4), closed.Initializers["w1"].ToTensor().Shape);
        Assert.AreEqual(new TensorShape(7, 2), closed.Initializers["w1_scales"].ToTensor().Shape);
        CollectionAssert.AreEqual(new long[] { 7, 4, 1, 1 }, closed.Initializers["w1_shape"].ToTensor().ToInt64());
        var (expected, found) = (Run(open), Run(closed));
        Assert.HasCount(7 * 36, found);
        for (var i = 0; i < expected.Length; i++)
            Assert.AreEqual(expected[i], found[i], 0.03f * expected.Max(MathF.Abs), $"{i}");
    }

    private static float[] Run(OnnxModel model) => OnnxRun.Once(model, ("x0", Picture))[0].Values<float>().ToArray();

    private static void Store(OnnxModel model, string name, Tensor value)
    {
        var stored = model.Proto.Graph.Initializer;
        stored[stored.IndexOf(model.Initializers[name])] = value.ToProto(name);
    }

    // Two convolutions, weights [4, 27] in blocks of 9 and [2, 4] in blocks of 2.
    private static OnnxModel File()
    {
        var random = new RandomTensors(3);
        Tensor Bytes(params long[] dims) => new(ElementType.Int8, new(dims),
            [.. random.Uniform(-90, 90, dims).Values<float>().ToArray().Select(v => unchecked((byte)(sbyte)v))]);
        Tensor Steps(params long[] dims) => Tensor.Of<float>(new(dims),
            [.. Enumerable.Range(0, (int)new TensorShape(dims).Size).Select(i => 0.01f * (i + 1))]);
        Tensor Zeros(params long[] dims) => new(ElementType.Int8, new(dims),
            [.. Enumerable.Range(0, (int)new TensorShape(dims).Size).Select(i => (byte)(i + 1))]);
        NodeProto[] Weight(string name, int block) =>
        [
            Node("DequantizeLinear", [name, name + "_scales", name + "_zeros"], [name + "_floats"], ("axis", 1), ("block_size", block)),
            Node("Reshape", [name + "_floats", name + "_shape"], [name + "_reshaped"]),
        ];
        var model = Model(21, [Picture],
        [
            .. Weight("w0", 9), .. Weight("w1", 2),
            Node("Conv", ["x0", "w0_reshaped"], ["c0"], ("pads", new long[] { 1, 1, 1, 1 })), Node("Relu", ["c0"], ["r0"]),
            Node("Conv", ["r0", "w1_reshaped"]),
        ],
        ("w0", Bytes(4, 27)), ("w0_scales", Steps(4, 3)), ("w0_zeros", Zeros(4, 3)), ("w0_shape", Tensor.Vector<long>(4, 3, 3, 3)),
        ("w1", Bytes(2, 4)), ("w1_scales", Steps(2, 2)), ("w1_zeros", Zeros(2, 2)), ("w1_shape", Tensor.Vector<long>(2, 4, 1, 1)));
        model.Proto.IrVersion = 10;
        return model;
    }
}
