using OnnxGraphs.Graphs;

namespace OnnxGraphs.Quantization;

/// <summary>How a float model becomes one of whole numbers between QuantizeLinear and DequantizeLinear.</summary>
public sealed record QuantizationOptions
{
    /// <summary>Type of activations: UInt8 or Int8, for which ONNX Runtime has integer kernels, or UInt16 or Int16, which
    /// it computes in floats (opset 21).</summary>
    public ElementType Activations { get; init; } = ElementType.UInt8;

    /// <summary>Whether the grids of activations have 0 in their middle.</summary>
    public bool SymmetricActivations { get; init; }

    /// <summary>Whether each output channel of a weight has a scale of its own. Weights are Int8, around 0.</summary>
    public bool PerChannel { get; init; } = true;

    /// <summary>Whether weights take half of the numbers (-64 to 64): on processors without VNNI sums of two products
    /// would overflow 16 bits.</summary>
    public bool ReducedWeights { get; init; }

    /// <summary>How ranges of activations are chosen.</summary>
    public RangeMethod Ranges { get; init; } = RangeMethod.MinMax;

    /// <summary>The share of numbers, in percent, that <see cref="RangeMethod.Percentile"/> keeps.</summary>
    public double Percentile { get; init; } = 99.99;

    /// <summary>Whether biases take back what the rounding of weights adds to each channel on average (Nagel et al. 2019,
    /// https://arxiv.org/abs/1906.04721).</summary>
    public bool CorrectBias { get; init; } = true;

    /// <summary>Whether channels between two convolutions are brought to one size first (cross-layer equalisation, Nagel et
    /// al. 2019): for depthwise networks, and where a weight has one scale alone. Where a Clip lies between them, as
    /// ReLU6 does, they stay.</summary>
    public bool Equalize { get; init; }

    /// <summary>Whether files have operators on whole numbers (QLinearConv: the QOperator form) where ONNX Runtime has them,
    /// in place of float ones between pairs.</summary>
    public bool WholeOperators { get; init; }

    /// <summary>Names of values that are computed in floats: outputs of <see cref="QuantizationPlan.Nodes"/>.</summary>
    public IReadOnlyCollection<string> Floats { get; init; } = [];

    internal WeightScheme ActivationScheme => new(Activations, SymmetricActivations, false);

    internal WeightScheme WeightScheme => new(ElementType.Int8, true, ReducedWeights);

    /// <exception cref="ArgumentException">An option is out of range.</exception>
    internal void Check()
    {
        if (Activations is not (ElementType.UInt8 or ElementType.Int8 or ElementType.UInt16 or ElementType.Int16))
            throw new ArgumentException($"{nameof(Activations)} is {Activations}; expected UInt8, Int8, UInt16 or Int16.");
        if (!(Percentile is > 50 and <= 100))
            throw new ArgumentException($"{nameof(Percentile)} is {Percentile}; expected more than 50, at most 100.");
    }
}
