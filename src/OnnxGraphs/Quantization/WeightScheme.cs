using System.Globalization;
using OnnxGraphs.Graphs;
using OnnxGraphs.Models;

namespace OnnxGraphs.Quantization;

/// <summary>
/// How a quantiser chose scales and zero points of weights: around 0 or over the range that the weights have, in all
/// numbers of the type or in half of them ("reduced range", for processors whose sums of 16 bits would overflow).
/// Formulas as in ONNX Runtime's quantisation tools.
/// </summary>
/// <param name="Type">Int8 or UInt8; of activations Int16 or UInt16, too.</param>
/// <param name="Symmetric">Whether 0 lies in the middle of the numbers.</param>
/// <param name="Reduced">Whether half of the numbers are used.</param>
internal sealed record WeightScheme(ElementType Type, bool Symmetric, bool Reduced)
{
    /// <summary>The scheme that weights with these zero points show.</summary>
    /// <param name="weights">Whole numbers of one type, and their zero points; null for 0.</param>
    public static WeightScheme Of(IReadOnlyList<(Tensor Weight, Tensor? Zero)> weights)
    {
        var type = weights[0].Weight.Type;
        var (least, most) = (255L, -128L);
        foreach (var (weight, _) in weights)
            foreach (var q in Whole(weight))
                (least, most) = (Math.Min(least, q), Math.Max(most, q));
        var signed = type == ElementType.Int8;
        return new(type, weights.All(at => at.Zero is null ? signed
            : Whole(at.Zero).All(zero => signed ? zero == 0 : zero is 127 or 128)),
            signed ? least >= -64 && most <= 64 : most <= 127);
    }

    /// <summary>The limits of the whole numbers.</summary>
    public (int Least, int Most) Limits => (Type, Reduced) switch
    {
        (ElementType.Int8, true) => (-64, 64), (ElementType.Int8, false) => (Symmetric ? -127 : -128, 127),
        (ElementType.Int16, _) => (Symmetric ? -32767 : -32768, 32767), (ElementType.UInt16, _) => (0, 65535),
        (_, true) => (0, 127), (_, false) => (0, 255),
    };

    /// <summary>
    /// Scale and zero point of floats: s = (max - min) / (q_max - q_min) with 0 in the range,
    /// z = round(q_min - min / s); around 0: min = -max, z in the middle.
    /// </summary>
    public (float Scale, int Zero) For(double min, double max)
    {
        (min, max) = (Math.Min(min, 0), Math.Max(max, 0));
        if (Symmetric)
            (min, max) = (-Math.Max(-min, max), Math.Max(-min, max));
        var (least, most) = Limits;
        var scale = (float)((max - min) / (most - least));
        var middle = (int)Math.Round((least + most) / 2.0);
        return scale < 1.17549435e-38f ? (1, Symmetric ? middle : Math.Max(least, 0))
            : (scale, Symmetric ? middle : (int)Math.Clamp(Math.Round(least - min / scale), least, most));
    }

    /// <summary>The scheme as an entry of a file's metadata.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Type} {(Symmetric ? "symmetric" : "asymmetric")} {(Reduced ? "reduced" : "full")}");

    /// <summary>Reads what <see cref="ToString"/> wrote.</summary>
    public static WeightScheme Parse(string text) => text.Split(' ') is [var type, var kind, var range]
        ? new(Enum.Parse<ElementType>(type), kind == "symmetric", range == "reduced")
        : throw new FormatException($"'{text}' is no scheme of quantised weights");

    private static IEnumerable<long> Whole(Tensor tensor) => tensor.Type switch
    {
        ElementType.Int8 => tensor.Data.Select(b => (long)(sbyte)b),
        ElementType.UInt8 => tensor.Data.Select(b => (long)b),
        _ => throw new ModelException($"A weight of dynamic quantisation is {tensor.Type}, expected Int8 or UInt8."),
    };
}
