using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Models.Proto;
using OnnxGraphs.Surgery;

namespace OnnxGraphs.Quantization;

/// <summary>
/// Sums of two products of a number from 0 to 255 and a weight of 8 bits, which processors without VNNI make in 16 bits:
/// ONNX Runtime's kernels let them overflow there, where two weights together go beyond 128.
/// </summary>
public static class PairSums
{
    private const int LargestPair = 128;   // 255 (64 + 64) < 2^15

    /// <summary>
    /// Whether this processor makes them in 16 bits: x64 without VNNI (AVX512_VNNI, leaf 7, ECX bit 11; AVX-VNNI, leaf 7.1,
    /// EAX bit 4).
    /// </summary>
    public static bool AreNarrow { get; } = X86Base.IsSupported && !HasVnni();

    /// <summary>Whether a file of whole numbers has weights whose sums can overflow.</summary>
    /// <param name="model">The model in the form that it is stored in.</param>
    public static bool CanOverflow(OnnxModel model)
    {
        var graph = new ValueGraph(model);
        return model.Proto.Graph.Node.Any(node => Product(graph, node) is var (zero, weight)
            && graph.Constant(weight) is { Type: ElementType.Int8 } weights && IsUnsigned(graph, zero) && GoBeyond(weights));
    }

    /// <summary>What to say of a file before this processor runs it; nothing where sums fit.</summary>
    /// <inheritdoc cref="CanOverflow" path="/param"/>
    public static IReadOnlyList<string> Warnings(OnnxModel model) => !AreNarrow || !CanOverflow(model) ? [] :
    [
        $"{model.Path}: ONNX Runtime adds products of 8-bit numbers in 16 bits on this processor (no VNNI), and the file's weights let "
            + $"such sums overflow: what it finds can be less right than elsewhere. Quantise again with {nameof(QuantizationOptions.ReducedWeights)} "
            + "(quantize --reduced-weights), or run the file in floats.",
    ];

    // The names of an input's zero point and of the stored weight, of a node that multiplies whole numbers.
    private static (string? Zero, string Weight)? Product(ValueGraph graph, NodeProto node) => node.OpType switch
    {
        "QLinearConv" or "QLinearMatMul" or "QGemm" => (node.Input[2], node.Input[3]),
        "ConvInteger" or "MatMulInteger" => (node.Input.ElementAtOrDefault(2), node.Input[1]),
        "Conv" or "MatMul" or "Gemm" when Dequantized(graph, node, 0) is { } input && Dequantized(graph, node, 1) is { } weight =>
            (input.Input.ElementAtOrDefault(2), weight.Input[0]),
        _ => null,
    };

    private static NodeProto? Dequantized(ValueGraph graph, NodeProto node, int input) =>
        graph.Producers.GetValueOrDefault(node.Input[input]) is { OpType: "DequantizeLinear" } pair ? pair : null;

    // Without a zero point, and out of DynamicQuantizeLinear, numbers are unsigned.
    private static bool IsUnsigned(ValueGraph graph, string? zero) =>
        zero is null or "" || (graph.Constant(zero)?.Type ?? ElementType.UInt8) == ElementType.UInt8;

    private static bool GoBeyond(Tensor weights)
    {
        var (largest, second) = (0, 0);
        foreach (var weight in MemoryMarshal.Cast<byte, sbyte>(weights.Data.AsSpan()))
            (largest, second) = Math.Abs((int)weight) is var size && size > largest ? (size, largest)
                : (largest, Math.Max(second, size));
        return largest + second > LargestPair;
    }

    private static bool HasVnni()
    {
        if (X86Base.CpuId(0, 0).Eax < 7)
            return false;
        var (leaves, _, ecx, _) = X86Base.CpuId(7, 0);
        return (ecx >> 11 & 1) == 1 || leaves >= 1 && (X86Base.CpuId(7, 1).Eax >> 4 & 1) == 1;
    }
}
