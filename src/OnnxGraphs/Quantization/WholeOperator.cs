using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Models.Proto;

namespace OnnxGraphs.Quantization;

/// <summary>
/// An operator of the QOperator form: it takes whole numbers with their scales and zero points, and gives whole numbers.
/// https://onnx.ai/onnx/operators/onnx__QLinearConv.html, and ONNX Runtime's own domain com.microsoft.
/// </summary>
/// <param name="Name">Its type: QLinearConv.</param>
/// <param name="Float">The operator that computes the same on floats.</param>
/// <param name="Own">Whether it is of ONNX Runtime's own domain.</param>
/// <param name="Values">Where number, scale and zero point of each value begin among the inputs; null: from 2 on, as many
/// as there are.</param>
/// <param name="Result">Where scale and zero point of the result begin.</param>
/// <param name="Bias">Where a bias in 32 bits is; null where it takes none.</param>
internal sealed record WholeOperator(string Name, string Float, bool Own, int[]? Values, int Result, int? Bias = null)
{
    /// <summary>ONNX Runtime's own domain.</summary>
    public const string Domain = "com.microsoft";

    /// <summary>Those that have a float form.</summary>
    public static IReadOnlyList<WholeOperator> All { get; } =
    [
        new("QLinearConv", "Conv", false, [0, 3], 6, 8),
        new("QLinearMatMul", "MatMul", false, [0, 3], 6),
        new("QGemm", "Gemm", true, [0, 3], 7, 6),
        new("QLinearAdd", "Add", true, [0, 3], 6),
        new("QLinearMul", "Mul", true, [0, 3], 6),
        new("QLinearConcat", "Concat", true, null, 0),
        new("QLinearSigmoid", "Sigmoid", true, [0], 3),
        new("QLinearLeakyRelu", "LeakyRelu", true, [0], 3),
        new("QLinearSoftmax", "Softmax", true, [0], 3),
        new("QLinearAveragePool", "AveragePool", true, [0], 3),
        new("QLinearGlobalAveragePool", "GlobalAveragePool", true, [0], 3),
    ];

    // What moves whole numbers, or takes the greatest of them, does the same to floats.
    private static readonly HashSet<string> Moving =
    [
        "Transpose", "Reshape", "Flatten", "Squeeze", "Unsqueeze", "Slice", "Split", "Gather", "Identity", "MaxPool", "Resize",
        "Upsample", "DepthToSpace", "SpaceToDepth",
    ];

    /// <summary>The operator of a node; null for any other.</summary>
    public static WholeOperator? Of(NodeProto node) => All.FirstOrDefault(known => known.Name == node.OpType
        && (known.Own ? node.Domain == Domain : node.Domain is "" or "ai.onnx"));

    /// <summary>The operator that computes on whole numbers what a float one does; null where none does.</summary>
    public static WholeOperator? For(NodeProto node) =>
        node.Domain is "" or "ai.onnx" ? All.FirstOrDefault(known => known.Float == node.OpType) : null;

    /// <summary>Whether a node computes nothing anew: the grid of its values stays.</summary>
    public static bool Moves(NodeProto node) => node.Domain is "" or "ai.onnx" && Moving.Contains(node.OpType)
        && AttributeValues.Read(node).Text("mode", "nearest") == "nearest";

    /// <summary>Whether a node of this operator does what the float one does with the attributes that both have.</summary>
    public bool IsPlain(NodeProto node)
    {
        var attributes = AttributeValues.Read(node);
        return attributes.Int("channels_last", 0) == 0 && (Name != "QLinearSoftmax" || attributes.Int("opset", 13) >= 13);
    }

    /// <summary>The steps of products, and so of a bias: s_x s_w, of one scale or one for each channel.</summary>
    public static float[] ProductScales(Tensor input, Tensor weight) =>
        [.. weight.Values<float>().ToArray().Select(s => s * input.Values<float>()[0])];

    /// <summary>Where each value of a node begins.</summary>
    public IEnumerable<int> ValuesOf(NodeProto node) =>
        Values ?? Enumerable.Range(0, (node.Input.Count - 2) / 3).Select(i => 2 + 3 * i);

    /// <summary>The axis of a weight that scales may go along: a channel of the output each.</summary>
    public int WeightAxis(NodeProto node, int rank) =>
        Float == "Conv" || Float == "Gemm" && AttributeValues.Read(node).Int("transB", 0) == 1 ? 0 : rank - 1;
}
