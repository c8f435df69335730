using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using static OnnxGraphs.Tests.HandMade;

namespace OnnxGraphs.Tests;

/// <summary>Small models that together have all that a reader looks at.</summary>
internal static class FuzzModels
{
    private static readonly RandomTensors Random = new(85);
    private static readonly Tensor Image = Random.Normal(1, 2, 4, 4);

    /// <summary>New copies.</summary>
    public static IReadOnlyList<OnnxModel> All() => [Convolutions(), Shapes(), Attention(), Branches(), Old()];

    private static OnnxModel Convolutions() => Model(17, [Image],
    [
        Node("Conv", ["x0", "w", "b"], ["c"], ("pads", (long[])[1, 1, 1, 1]), ("strides", (long[])[2, 2])),
        Node("BatchNormalization", ["c", "b", "b", "b", "v"], ["n"]), Node("Relu", ["n"], ["r"]),
        Node("MaxPool", ["r"], ["p"], ("kernel_shape", (long[])[2, 2]), ("ceil_mode", 1)),
        Node("Resize", ["p", "", "scales"], ["u"], ("mode", "nearest")),
        Node("Pad", ["u", "pads"], ["e"], ("mode", "edge")), Node("GlobalAveragePool", ["e"], ["g"]),
        Node("Flatten", ["g"], ["f"]), Node("Gemm", ["f", "m"], ("transB", 1)),
    ], ("w", Random.Normal(3, 2, 3, 3)), ("b", Random.Normal(3)), ("v", Random.Uniform(1, 2, 3)),
        ("scales", Tensor.Vector(1f, 1f, 2f, 2f)), ("pads", Tensor.Vector(0L, 0, 1, 0, 0, 0, 0, 1)),
        ("m", Random.Normal(4, 3)));

    private static OnnxModel Shapes() => Model(13, [Image],
    [
        Node("Shape", ["x0"], ["s"]), Node("Gather", ["s", "zero"], ["n"]), Node("Unsqueeze", ["n", "zero1"], ["n1"]),
        Node("Concat", ["n1", "rest"], ["to"], ("axis", 0)), Node("Reshape", ["x0", "to"], ["r"]),
        Node("Transpose", ["r"], ["t"], ("perm", (long[])[0, 2, 1])),
        Node("Slice", ["t", "from", "until", "axes", "steps"], ["cut"]), Node("Split", ["cut", "parts"], ["a", "d"],
            ("axis", 2)), Node("Mul", ["a", "w"], ["e"]), Node("Softmax", ["e"], ["f"], ("axis", -1)),
        Node("ReduceMean", ["f"], ["g"], ("axes", (long[])[1])), Node("TopK", ["g", "k"], ["h", "i"]),
        Node("MatMul", ["h", "m"]),
    ], ("zero", Tensor.Scalar(ElementType.Int64, 0)), ("zero1", Tensor.Vector(0L)), ("rest", Tensor.Vector(2L, -1)),
        ("from", Tensor.Vector(0L)), ("until", Tensor.Vector(9L)), ("axes", Tensor.Vector(1L)),
        ("steps", Tensor.Vector(2L)), ("parts", Tensor.Vector(1L, 1)), ("w", Random.Normal(1)),
        ("k", Tensor.Vector(1L)), ("m", Random.Normal(1, 2)));

    private static OnnxModel Attention() => Model(20, [Random.Normal(1, 3, 4)],
    [
        Node("LayerNormalization", ["x0", "g"], ["n"]), Node("MatMul", ["n", "w"], ["q"]),
        Node("Einsum", ["q", "n"], ["s"], ("equation", "bqc,bkc->bqk")), Node("Softmax", ["s"], ["p"]),
        Node("MatMul", ["p", "q"], ["o"]), Node("Gelu", ["o"], ["e"]),
        Node("QuantizeLinear", ["e", "scale", "zero"], ["i8"]),
        Node("DequantizeLinear", ["i8", "scale", "zero"], ["f"]), Node("Expand", ["f", "to"]),
    ], ("g", Random.Normal(4)), ("w", Random.Normal(4, 4)), ("scale", Tensor.Scalar(ElementType.Float32, 0.1)),
        ("zero", Tensor.Scalar(ElementType.UInt8, 128)), ("to", Tensor.Vector(2L, 3, 4)));

    private static OnnxModel Branches() => Model(13, [Random.Normal(2, 3)],
    [
        Node("If", ["c"], ["a"], ("then_branch", Body([], [Node("MatMul", ["x0", "w"], ["t"])])),
            ("else_branch", Body([], [Node("Relu", ["x0"], ["e"])]))),
        Node("Loop", ["n", "", "a"], ["l", "sums"], ("body", Body(["i", "go", "s"],
            [Node("Mul", ["s", "s"], ["m"]), Node("ReduceSum", ["m"], ["sum"], ("keepdims", 0))], ["go", "m", "sum"]))),
        Node("Add", ["l", "w2"]),
    ], ("c", Tensor.Scalar(ElementType.Bool, 1)), ("n", Tensor.Scalar(ElementType.Int64, 3)),
        ("w", Random.Normal(3, 3)), ("w2", Random.Normal(3)));

    private static OnnxModel Old() => Model(9, [Image],
    [
        Node("Upsample", ["x0", "scales"], ["u"], ("mode", "nearest")),
        Node("Slice", ["u"], ["s"], ("starts", (long[])[1]), ("ends", (long[])[5]), ("axes", (long[])[2])),
        Node("Clip", ["s"], ["c"], ("min", -1f), ("max", 1f)), Node("Conv", ["c", "w"], ["f"]),
        Node("Softmax", ["f"], ["p"], ("axis", 1)), Node("Squeeze", ["p"], ("axes", (long[])[0])),
    ], ("scales", Tensor.Vector(1f, 1f, 2f, 2f)), ("w", Random.Normal(2, 2, 1, 1)));
}
