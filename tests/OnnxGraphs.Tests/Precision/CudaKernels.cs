using OnnxGraphs.Graphs;

namespace OnnxGraphs.Tests.Precision;

/// <summary>
/// For which operators, versions and types ONNX Runtime lists CUDA kernels: its docs/OperatorKernels.md as of early
/// 2026, and what its issue 27729 added in that spring. Later releases only add to it. A kernel of one version is not
/// used for a later version of the operator, even where nothing but a type was added.
/// </summary>
internal static class CudaKernels
{
    // Operator, the versions that the operator sets 18 to 22 have of it, and the kernels: versions, then types.
    // f float32, h float16, y bfloat16, d float64 (where steps need it), l int64, i int32, c int8, u uint8, b bool.
    private const string Listed = """
        Abs               | 13       | 13: f h y l i c u
        Add               | 14       | 14: f h y l i c u
        And               | 7        | 7: b
        ArgMax            | 13       | 13: f h
        ArgMin            | 13       | 13: f h
        AveragePool       | 11 19 22 | 11-18: f h; 19-21: f h; 22: f h y
        BatchNormalization | 15      | 15: f h
        Cast              | 13 19 21 | 13-18: f h y d l i c u b; 19-20: f h y d l i c u b; 21-22: f h y d l i c u b
        Ceil              | 13       | 13: f h
        Clip              | 13       | 13: f h l c u
        Concat            | 13       | 13: f h y l i c u b
        ConstantOfShape   | 9 20 21  | 9: f h y l i c u b
        Conv              | 11 22    | 11-21: f h; 22: f h y
        ConvTranspose     | 11 22    | 11: f h
        Cos               | 7 22     | 7: f h
        CumSum            | 14       | 14: f h l i
        DepthToSpace      | 13       | 13: f h
        DequantizeLinear  | 13 19 21 | 13-18: c u; 19-20: c u; 21: c u
        Div               | 14       | 14: f h y l i c u
        Einsum            | 12       | 12: f h
        Elu               | 6 22     | 6: f h
        Equal             | 13 19    | 13: f h l i b
        Erf               | 13       | 13: f h y
        Exp               | 13       | 13: f h y
        Expand            | 13       | 13: f h y l i c u b
        EyeLike           | 9 22     | 9: f l i
        Flatten           | 13 21    | 13: f h y l i c u b
        Floor             | 13       | 13: f h
        Gather            | 13       | 13: f h y l i c u b
        GatherElements    | 13       | 13: f h y l i c u b
        GatherND          | 13       | 13: f h y l b
        Gelu              | 20       | 20: f h y
        Gemm              | 13       | 13: f h y
        GlobalAveragePool | 1 22     | 1: f h
        GlobalMaxPool     | 1 22     | 1: f h
        Greater           | 13       | 13: f h l i
        GreaterOrEqual    | 16       | 16: f h l i
        GridSample        | 16 20 22 | 16-19: f; 20-21: f; 22: f
        HardSigmoid       | 6 22     | 6-21: f h; 22: f h y
        HardSwish         | 14 22    | 14-21: f h; 22: f h y
        Identity          | 16 19 21 | 14-18: f h y l i c u b; 19: f h y l i c u b
        InstanceNormalization | 6 22 | 6: f h
        IsInf             | 10 20    | 10-19: f; 20: f h y
        IsNaN             | 13 20    | 13-19: f h y; 20: f h y
        LRN               | 13       | 13: f h
        LayerNormalization | 17      | 17: f h y
        LeakyRelu         | 16       | 16: f h
        Less              | 13       | 13: f h l i
        LessOrEqual       | 16       | 16: f h l i
        Log               | 13       | 13: f h
        LogSoftmax        | 13       | 13: f h
        MatMul            | 13       | 13: f h y
        Max               | 13       | 13: f h y l i
        MaxPool           | 12 22    | 12: f h c u
        Min               | 13       | 13: f h y l i
        Mod               | 13       | 13: f h y l i
        Mul               | 14       | 14: f h y l i c u
        Neg               | 13       | 13: f h y l i c
        NonZero           | 13       | 13: f h l i u b
        Not               | 1        | 1: b
        OneHot            | 11       | 11: f h l
        Or                | 7        | 7: b
        PRelu             | 16       | 16: f h
        Pad               | 18 19 21 | 18: f h b
        Pow               | 15       | 15: f h y l i
        QuantizeLinear    | 13 19 21 | 13-18: f; 19-20: f h; 21: f h
        Range             | 11       | 11: f l i
        Reciprocal        | 13       | 13: f h
        ReduceL1          | 18       | 18: f h i
        ReduceL2          | 18       | 18: f h i
        ReduceLogSum      | 18       | 18: f h
        ReduceLogSumExp   | 18       | 18: f h
        ReduceMax         | 18 20    | 18: f h l i
        ReduceMean        | 18       | 18: f h i
        ReduceMin         | 18 20    | 18: f h l i c u
        ReduceProd        | 18       | 18: f h i
        ReduceSum         | 13       | 13: f h y l i
        ReduceSumSquare   | 18       | 18: f h
        Relu              | 14       | 14: f h y
        Reshape           | 14 19 21 | 14-18: f h y l i c u b; 19-20: f h y l i c u b; 21-22: f h y l i c u b
        Resize            | 18 19    | 18: f h i u; 19: f h i u
        RoiAlign          | 16 22    | 10: f
        Round             | 11 22    | 11: f h
        ScatterElements   | 18       | 18: f h y l i c u b
        ScatterND         | 18       | 18: f h y l i c u b
        Selu              | 6 22     | 6: f h
        Shrink            | 9        | 9: f h l i c u
        Sigmoid           | 13       | 13: f h y
        Sign              | 13       | 13: f h y l i c u
        Sin               | 7 22     | 7: f h
        Slice             | 13       | 13: f h y l i c u b
        Softmax           | 13       | 13: f h y
        Softplus          | 1 22     | 1: f h
        Softsign          | 1 22     | 1: f h
        SpaceToDepth      | 13       | 13: f h
        Split             | 18       | 18: f h y l i c u b
        Sqrt              | 13       | 13: f h
        Squeeze           | 13 21    | 13-20: f h y l i c u b; 21-22: f h y l i c u b
        Sub               | 14       | 14: f h y l i c u
        Sum               | 13       | 13: f h y
        Tanh              | 13       | 13: f h y
        ThresholdedRelu   | 10 22    | 10: f h
        Tile              | 13       | 13: f h y l i
        TopK              | 11       | 11: f h l i
        Transpose         | 13 21    | 13-20: f h y l i c u b; 21-22: f h y l i c u b
        Trilu             | 14       | 14: f h y l i c u b
        Unsqueeze         | 13 21    | 13-20: f h y l i c u b; 21-22: f h y l i c u b
        Where             | 16       | 16: f h y l i u
        Xor               | 7        | 7: b
        """;

    // Registrations of spring 2026: pull requests 27710, 27728, 27733, 27754 and 27774.
    private const string Added = """
        ConstantOfShape   | 9 20 21  | 20: f h y l i c u b; 21-22: f h y l i c u b
        ConvTranspose     | 11 22    | 22: f h
        Equal             | 13 19    | 19: f h l i b
        Flatten           | 13 21    | 21-22: f h y l i c u b
        GlobalAveragePool | 1 22     | 22: f h
        GlobalMaxPool     | 1 22     | 22: f h
        Identity          | 16 19 21 | 21-22: f h y l i c u b
        Pad               | 18 19 21 | 19-20: f h b; 21-22: f h b
        Round             | 11 22    | 22: f h
        """;

    private static readonly Dictionary<string, Entry> Entries = Parsed(Listed), Later = Parsed(Added);

    private static Dictionary<string, Entry> Parsed(string table) => table.Split('\n').Select(line => line.Split('|'))
        .ToDictionary(cells => cells[0].Trim(), cells => Entry.Parse(cells[1], cells[2]), StringComparer.Ordinal);

    /// <summary>Whether CUDA has a kernel for the operator as an opset has it, on this type.</summary>
    public static bool Has(string op, int opset, ElementType type) =>
        Entries.TryGetValue(op, out var entry) && entry.Has(opset, Letter(type));

    /// <summary>The same with the kernels that were added in spring 2026.</summary>
    public static bool HasToday(string op, int opset, ElementType type) =>
        Has(op, opset, type) || (Later.TryGetValue(op, out var entry) && entry.Has(opset, Letter(type)));

    private static char Letter(ElementType type) => type switch
    {
        ElementType.Float32 => 'f',
        ElementType.Float16 => 'h',
        ElementType.BFloat16 => 'y',
        ElementType.Float64 => 'd',
        ElementType.Int64 => 'l',
        ElementType.Int32 => 'i',
        ElementType.Int8 => 'c',
        ElementType.UInt8 => 'u',
        ElementType.Bool => 'b',
        _ => '?',
    };

    private sealed record Kernel(int First, int Last, string Types);

    private sealed record Entry(int[] Versions, Kernel[] Kernels)
    {
        public static Entry Parse(string versions, string kernels) => new(
            [.. versions.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse)],
            [.. kernels.Split(';').Select(kernel => kernel.Split(':')).Select(parts =>
                parts[0].Trim().Split('-') is var range
                    ? new Kernel(int.Parse(range[0]), int.Parse(range[^1]), parts[1]) : null!)]);

        public bool Has(int opset, char type)
        {
            var version = Versions.LastOrDefault(first => first <= opset, Versions[0]);
            return Kernels.Any(kernel => kernel.First <= version && version <= kernel.Last
                && kernel.Types.Contains(type));
        }
    }
}
