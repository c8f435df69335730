namespace OnnxGraphs.Ops;

public static partial class Op
{
    private const string Dynamic = "the shape of its result depends on values, and a training step has fixed shapes";
    private const string Random = "it draws random numbers, which a training step does not";
    private const string Recurrent = "recurrent layers are not trained here";
    private const string Integer = "it computes with integers; export the quantised model as QDQ pairs";
    private const string Sequence = "sequences are not tensors; export the model with fixed shapes";
    private const string Rare = "no rule is written for it yet";
    private const string Spectral = "spectral operators are not trained here";

    /// <summary>What detectors contain behind their heads, or other models do, and why it cannot be trained.</summary>
    private static OperatorTable Refusals()
    {
        var table = new OperatorTable();
        foreach (var (reason, operators) in new Dictionary<string, string[]>
        {
            [Dynamic] = ["NonMaxSuppression", "Compress", "Unique", "StringNormalizer"],
            [Random] = ["RandomNormal", "RandomNormalLike", "RandomUniform", "RandomUniformLike", "Bernoulli",
                "Multinomial"],
            [Recurrent] = ["LSTM", "GRU", "RNN", "Scan"],
            [Integer] = ["QLinearConv", "QLinearMatMul", "ConvInteger", "MatMulInteger", "DynamicQuantizeLinear"],
            [Rare] = ["Attention", "RotaryEmbedding", "TensorScatter", "DeformConv", "MaxUnpool", "MaxRoiPool",
                "LpPool", "GlobalLpPool", "Col2Im", "AffineGrid", "CenterCropPad", "Det"],
            [Sequence] = ["SplitToSequence", "SequenceAt", "SequenceConstruct", "SequenceEmpty", "SequenceInsert",
                "SequenceErase", "SequenceLength", "SequenceMap", "ConcatFromSequence", "ReverseSequence", "Optional",
                "OptionalGetElement", "OptionalHasElement"],
            [Spectral] = ["DFT", "STFT", "MelWeightMatrix", "HannWindow", "HammingWindow", "BlackmanWindow"],
        })
            foreach (var op in operators)
                table.Add(op, Operator.Refused(reason));
        return table;
    }
}
