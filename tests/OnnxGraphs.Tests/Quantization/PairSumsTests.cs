using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Models.Proto;
using OnnxGraphs.Quantization;
using static OnnxGraphs.Tests.HandMade;

namespace OnnxGraphs.Tests.Quantization;

[TestClass]
public sealed class PairSumsTests
{
    private static readonly Tensor Picture = new(ElementType.Float32, new(1, 2, 3, 3), new byte[72]);

    [TestMethod]
    // 255 (64 + 64) and 255 (127 + 1) are below 2^15, 255 (65 + 64) is above.
    [DataRow(new[] { 64, -64, 64, 10 }, false)]
    [DataRow(new[] { 1, -1, 127, 0 }, false)]
    [DataRow(new[] { 64, -65, 3, 0 }, true)]
    [DataRow(new[] { 127, 127, -128, 127 }, true)]
    public void Two_weights_beyond_128_overflow(int[] weights, bool can)
    {
        foreach (var form in Forms)
            Assert.AreEqual(can, PairSums.CanOverflow(form(Weights(ElementType.Int8, weights), ElementType.UInt8)), form.Method.Name);
    }

    [TestMethod]
    public void Signed_inputs_and_unsigned_weights_do_not()
    {
        int[] large = [127, 127, 127, 127];
        Assert.IsFalse(PairSums.CanOverflow(Pairs(Weights(ElementType.Int8, large), ElementType.Int8)));
        foreach (var form in Forms)
            Assert.IsFalse(PairSums.CanOverflow(form(Weights(ElementType.UInt8, large), ElementType.UInt8)), form.Method.Name);
    }

    [TestMethod]
    public void A_file_in_floats_has_none() =>
        Assert.IsEmpty(PairSums.Warnings(Model(13, [Picture], [Node("Relu", ["x0"])])));

    [TestMethod]
    public void The_warning_names_the_file_where_this_processor_adds_in_16_bits()
    {
        var file = Pairs(Weights(ElementType.Int8, [127, 127, 127, 127]), ElementType.UInt8);
        var warnings = PairSums.Warnings(file);
        Assert.HasCount(PairSums.AreNarrow ? 1 : 0, warnings);
        foreach (var warning in warnings)
            StringAssert.StartsWith(warning, file.Path + ": ");
    }

    private static Func<Tensor, ElementType, OnnxModel>[] Forms => [Pairs, Operators, Dynamic];

    private static Tensor Weights(ElementType type, int[] weights) =>
        new(type, new(2, 2, 1, 1), [.. weights.Select(weight => unchecked((byte)weight))]);

    private static OnnxModel Pairs(Tensor weights, ElementType input) => Model(13, [Picture],
    [
        Node("QuantizeLinear", ["x0", "s", "z"], ["q"]), Node("DequantizeLinear", ["q", "s", "z"], ["x"]),
        Node("DequantizeLinear", ["w", "s"], ["weight"]), Node("Conv", ["x", "weight"]),
    ], Stored(weights, input));

    private static OnnxModel Operators(Tensor weights, ElementType input) => Model(13, [Picture],
    [
        Node("QuantizeLinear", ["x0", "s", "z"], ["q"]),
        Node("QLinearConv", ["q", "s", "z", "w", "s", "zw", "s", "z"], ["c"]), Node("DequantizeLinear", ["c", "s", "z"]),
    ], Stored(weights, input));

    private static OnnxModel Dynamic(Tensor weights, ElementType input) => Model(13, [Picture],
    [
        Node("DynamicQuantizeLinear", ["x0"], ["q", "qs", "qz"]), Node("ConvInteger", ["q", "w", "qz"], ["c"]),
        Node("Cast", ["c"], ["y"], ("to", 1)),
    ], Stored(weights, input));

    private static (string, Tensor)[] Stored(Tensor weights, ElementType input) =>
    [
        ("w", weights), ("s", Tensor.Scalar(ElementType.Float32, 0.1)), ("z", Tensor.Scalar(input, 0)),
        ("zw", Tensor.Scalar(weights.Type, 0)),
    ];
}
