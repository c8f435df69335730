using MLNet.Detection.Detectors;
using OnnxGraphs.Models;

namespace MLNet.Detection.Inspection;

/// <summary>The learning rate of a file that the customary one does not suit.</summary>
internal static class RateGuess
{
    /// <summary>The report with the rate and what speaks for it.</summary>
    public static DetectorInspection Put(DetectorInspection report, OnnxModel model)
    {
        var queries = report.Queries is not null || report.Head?.Kind == Heads.HeadKind.Detr;
        if (!queries && report.Model.TrainedValues.Count == 0 || CustomaryRate.Of(model, queries) is not { Reason: { } reason } rate)
            return report;
        return report with { LearningRate = rate.Rate, Notes = [.. report.Notes, reason] };
    }
}
