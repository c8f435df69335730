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

    // A tenth of the layers with weights of less than ten steps.
    private const float Tiny = 0.01f, Share = 0.1f, StepOfWeight = 0.01f;

    /// <summary>The report with the rate and what speaks for it.</summary>
    public static DetectorInspection Put(DetectorInspection report, OnnxModel model)
    {
        if (report.Queries is not null || report.Head?.Kind == Heads.HeadKind.Detr)
            return report with { LearningRate = OfQueries };
        if (report.Model.TrainedValues.Count == 0 || Size(model) is not { } size || size >= Tiny)
            return report;
        var rate = Rounded(size * StepOfWeight);
        return report with
        {
            LearningRate = rate,
            Notes = [.. report.Notes, FormattableString.Invariant($"a tenth of the layers have weights of {size:g2} or less, ")
                + "which steps of the customary learning rate would change altogether: the command names a smaller one"],
        };
    }

    // The root mean square of the weights of a layer that a tenth of them stay under.
    private static float? Size(OnnxModel model)
    {
        var weights = model.Initializers;
        float[] sizes =
        [
            .. model.Proto.Graph.Node.Where(node => node.OpType is "Conv" or "ConvTranspose" or "Gemm" or "MatMul").Select(layer => weights.GetValueOrDefault(layer.Input[1]))
                .Where(weight => weight is { Dims.Count: > 1, DataType: (int)ElementType.Float32 })
                .Select(weight => weight!.ToTensor().Values<float>().ToArray())
                .Select(numbers => MathF.Sqrt(numbers.Average(x => x * x))).Order(),
        ];
        return sizes.Length == 0 ? null : sizes[(int)(Share * sizes.Length)];
    }

    private static float Rounded(float rate)
    {
        var unit = MathF.Pow(10, MathF.Floor(MathF.Log10(rate)));
        return MathF.Round(rate / unit) * unit;
    }
}
