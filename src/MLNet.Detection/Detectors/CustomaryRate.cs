using System.Globalization;
using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace MLNet.Detection.Detectors;

/// <summary>
/// The largest learning rate that suits a detector under AdamW, and why, where it is another than 0.001. AdamW moves each weight
/// by about the rate in every step, however small the weight is.
/// </summary>
/// <param name="Rate">The rate.</param>
/// <param name="Reason">What speaks for it, in a sentence; null for 0.001.</param>
internal sealed record CustomaryRate(float Rate, string? Reason)
{
    // Set predictions: their papers take a fifth of the usual rate or less.
    private const float Usual = 1e-3f, OfQueries = 2e-4f, OfTinyWeights = 5e-5f, OfFewWeights = 2e-3f;

    // Weights of n inputs are about n^-1/2 where a layer passes numbers on as large as it takes them. Of 20 public files all
    // have nine tenths of their layers above 0.18 of that, but one, at 0.06, which the usual rate breaks in two steps. Fresh
    // heads of SSDLite, drawn with a deviation of 0.03, are at 0.09: at the usual rate they reach AP .39 in 10 epochs of 205
    // pictures, at that for tiny weights .26.
    private const float Least = 0.075f, Share = 0.1f;

    // YuNet's 72 thousand learn the smallest of three classes in 15 epochs of 205 pictures at 0.002 to 0.006, not at 0.001;
    // networks of 240 thousand learn all at 0.001.
    private const long Few = 100_000;

    /// <summary>The rate of a network.</summary>
    /// <param name="model">Its file.</param>
    /// <param name="queries">Whether it predicts a set, as DETR does.</param>
    public static CustomaryRate Of(OnnxModel model, bool queries)
    {
        if (queries)
            return new(OfQueries, "the scores by which an encoder chooses the queries are no part of the head: they keep the "
                + "classes of the file, and choose on as they do");
        var stored = model.Initializers;
        Tensor[] weights = [.. model.Proto.Graph.Node.Where(node => node.OpType is "Conv" or "ConvTranspose" or "Gemm" or "MatMul")
            .Select(layer => stored.GetValueOrDefault(layer.Input[1]))
            .Where(weight => weight is { Dims.Count: > 1, DataType: (int)ElementType.Float32 or (int)ElementType.Float16 }).Distinct()
            .Select(weight => weight!.ToTensor().ToFloat32())];
        float[] sizes = [.. weights.Select(Size).Order()];
        if (sizes.Length > 0 && sizes[(int)(Share * sizes.Length)] is var size && size < Least)
            return new(OfTinyWeights, string.Create(CultureInfo.InvariantCulture, $"a tenth of the layers have weights of {size:p0} ")
                + "or less of their customary size, which steps of the customary learning rate would change altogether: the "
                + "command names a smaller one");
        var count = weights.Sum(weight => weight.Shape.Size);
        return count is > 0 and < Few
            ? new(OfFewWeights, string.Create(CultureInfo.InvariantCulture, $"a network of {count / 1000.0:f1} thousand weights ")
                + "learns small objects slowly at the customary learning rate: the command names a larger one")
            : new(Usual, null);
    }

    // The root mean square of a layer's weights times the root of its inputs.
    private static float Size(Tensor weight) =>
        MathF.Sqrt(TensorPrimitives.SumOfSquares(weight.Values<float>()) / weight.Shape[0]);
}
