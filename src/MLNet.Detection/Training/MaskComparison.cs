using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Detection.Evaluation.Masks;
using MLNet.Detection.Interop;

namespace MLNet.Detection.Training;

/// <summary>Compares the true and the predicted maps of a scored view.</summary>
internal static class MaskComparison
{
    public static SegmentationMetrics Evaluate(IDataView data, MaskColumns columns, string predicted, int leastPixels)
    {
        columns.ClassNames(data.Schema);
        var column = data.Schema.GetColumnOrNull(predicted) ?? throw new ArgumentException(
            $"Column '{predicted}' is missing; the data has {string.Join(", ", data.Schema.Select(c => c.Name))}. Transform the "
            + "data with a segmentation network first.");
        var classes = MaskNames.Of(column) is { Count: > 0 } names ? names : MaskNames.Of(data.Schema[columns.Mask]);
        var evaluation = new SegmentationEvaluation(classes) { LeastPixels = leastPixels };
        var skipped = new List<string>();
        using var cursor = data.GetRowCursor([column]);
        var getter = cursor.GetGetter<VBuffer<byte>>(column);
        VBuffer<byte> found = default;
        foreach (var row in MaskReader.Rows(data, columns, classes, skipped, RankShare.Whole))
        {
            while (cursor.Position < row.Row && cursor.MoveNext())
            {
            }
            getter(ref found);
            var truth = row.Map!;
            if (found.Length > 0)
                evaluation.Add(truth, new(truth.Width, truth.Height, [.. found.DenseValues()]));
        }
        return evaluation.Metrics();
    }
}
