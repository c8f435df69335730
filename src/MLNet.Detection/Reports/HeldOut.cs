using Microsoft.ML;
using MLNet.Detection.Evaluation;

namespace MLNet.Detection.Reports;

/// <summary>What became of held-out pictures.</summary>
/// <param name="Analysis">Metrics and errors; categories are class indices.</param>
/// <param name="First">The first pictures, chosen by nothing but their order.</param>
/// <param name="Worst">The pictures with the most mistakes.</param>
public sealed record HeldOut(
    DetectionAnalysis Analysis, IReadOnlyList<ReportPicture> First, IReadOnlyList<ReportPicture> Worst)
{
    private const int FirstCount = 12, WorstCount = 8;

    /// <summary>Reads and analyses a scored view; it is scored once, and its pictures are read once more.</summary>
    /// <param name="scored">A view with true and predicted boxes, such as a detector's transformer gives.</param>
    public static HeldOut Read(IDataView scored)
    {
        var view = new ScoredView(scored, new());
        var analysis = view.Analyze();
        var pictures = new ScoredPictures(view.GroundTruths, view.Detections, analysis);
        long[] first = [.. Enumerable.Range(0, FirstCount)], worst = [.. pictures.Worst(WorstCount)];
        var read = pictures.Read(scored, first.Concat(worst));
        return new(analysis, [.. first.Where(read.ContainsKey).Select(row => read[row])],
            [.. worst.Where(read.ContainsKey).Select(row => read[row])]);
    }
}
