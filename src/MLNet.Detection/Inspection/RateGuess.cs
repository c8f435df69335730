using OnnxGraphs.Graphs;
using OnnxGraphs.Models;

namespace MLNet.Detection.Inspection;

/// <summary>
/// Learning rates for detectors that the customary one is too high for: set predictions, whose papers take a fifth of it or
/// less, and networks without normalisation that have layers of tiny weights behind large numbers. AdamW moves each weight by
/// about the learning rate, however small the weight is, so that such layers are another after a step.
/// </summary>
internal static class RateGuess
{
    private const float OfQueries = 2e-4f;

    // Weights of n inputs are about n^-1/2 where a layer passes numbers on as large as it takes them. Of 20 public files all
    // have nine tenths of their layers above 0.18 of that, but one, at 0.06, which the customary rate breaks in two steps.
    private const float Least = 0.1f, Share = 0.1f, OfTinyWeights = 5e-5f;

    /// <summary>The report with the rate and what speaks for it.</summary>
    public static DetectorInspection Put(DetectorInspection report, OnnxModel model)
    {
        if (report.Queries is not null || report.Head?.Kind == Heads.HeadKind.Detr)
            return report with
            {
                LearningRate = OfQueries,
                Notes = [.. report.Notes, "the scores by which an encoder chooses the queries are no part of the head: they keep "
                    + "the classes of the file, and choose on as they do"],
            };
        if (report.Model.TrainedValues.Count == 0 || Size(model) is not { } size || size >= Least)
            return report;
        return report with
        {
            LearningRate = OfTinyWeights,
            Notes = [.. report.Notes, FormattableString.Invariant($"a tenth of the layers have weights of {size:p0} or less of ")
                + "their customary size, which steps of the customary learning rate would change altogether: the command names "
                + "a smaller one"],
        };
    }

    // The root mean square of a layer's weights times the root of its inputs that a tenth of the layers stay under.
    private static float? Size(OnnxModel model)
    {
        var weights = model.Initializers;
        float[] sizes =
        [
            .. model.Proto.Graph.Node.Where(node => node.OpType is "Conv" or "ConvTranspose" or "Gemm" or "MatMul").Select(layer => weights.GetValueOrDefault(layer.Input[1]))
                .Where(weight => weight is { Dims.Count: > 1, DataType: (int)ElementType.Float32 })
                .Select(weight => MathF.Sqrt(weight!.ToTensor().Values<float>().ToArray().Sum(x => x * x) / weight!.Dims[0]))
                .Order(),
        ];
        return sizes.Length == 0 ? null : sizes[(int)(Share * sizes.Length)];
    }
}
