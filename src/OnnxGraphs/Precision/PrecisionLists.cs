using OnnxGraphs.Graphs;

namespace OnnxGraphs.Precision;

/// <summary>
/// Which operators of a step compute in a 16-bit type; those on no list stay float32, exponentials, logarithms, powers,
/// sums over many elements and normalisations above all. The lists are those of PyTorch's autocast, less the operators
/// that ONNX Runtime has no CUDA kernel for in the type (docs/operators.md). Source of the former:
/// https://docs.pytorch.org/docs/stable/amp.html.
/// </summary>
internal static class PrecisionLists
{
    private const string
        // Matrix units run these many times faster on 16 bits, and add in float32 inside.
        Heavy = "Conv MatMul Gemm",
        HeavyInFloat16 = "ConvTranspose Einsum",
        // What lies between them: in 16 bits where everything that it reads is.
        Light = "Add Sub Mul Div Neg Abs Sign Sum Max Min Where Clip Relu Sigmoid Tanh HardSigmoid HardSwish Gelu Erf "
            + "AveragePool Gather",
        LightInFloat16 = "MaxPool GlobalAveragePool Resize LeakyRelu PRelu Elu Selu ThresholdedRelu "
            + "DepthToSpace SpaceToDepth Equal Greater GreaterOrEqual Less LessOrEqual",
        // The same numbers in another place or shape.
        Moves = "Concat Split Slice Reshape Flatten Squeeze Unsqueeze Transpose Expand Tile Pad Identity";

    private static readonly HashSet<string> InBoth = Words(Heavy), InFloat16 = Words(Heavy, HeavyInFloat16),
        LightInBoth = Words(Light, Moves), LightOfFloat16 = Words(Light, Moves, LightInFloat16), Movers = Words(Moves);

    /// <summary>Whether the operator computes in the type whatever it reads.</summary>
    public static bool IsHeavy(string op, ElementType type) =>
        (type == ElementType.Float16 ? InFloat16 : InBoth).Contains(op);

    /// <summary>Whether the operator computes in the type where all that it reads is of it.</summary>
    public static bool Follows(string op, ElementType type) =>
        (type == ElementType.Float16 ? LightOfFloat16 : LightInBoth).Contains(op);

    /// <summary>Whether the operator computes nothing.</summary>
    public static bool OnlyMoves(string op) => Movers.Contains(op);

    private static HashSet<string> Words(params string[] lists) => [.. lists.SelectMany(list => list.Split(' '))];
}
