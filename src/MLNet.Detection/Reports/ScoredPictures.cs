using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Detection.Boxes;
using MLNet.Detection.Data;
using MLNet.Detection.Estimators;
using MLNet.Detection.Evaluation;
using MLNet.Detection.Images;

namespace MLNet.Detection.Reports;

/// <summary>Pictures with true and predicted boxes out of a scored data view.</summary>
public static class ScoredPictures
{
    /// <summary>
    /// The first pictures of a view, with the predictions above the score that gives each class its best F1.
    /// </summary>
    /// <param name="scored">
    /// A view with the columns of <see cref="DetectionColumns"/> and of a scoring detector.
    /// </param>
    /// <param name="count">How many.</param>
    /// <param name="metrics">Of the view; categories are class indices.</param>
    /// <param name="predictedLabel">Column of predicted classes (keys).</param>
    /// <param name="predictedBoxes">Column of predicted boxes.</param>
    /// <param name="score">Column of scores.</param>
    public static IReadOnlyList<ReportPicture> Read(IDataView scored, int count, CocoMetrics metrics,
        string predictedLabel = PredictionColumns.PredictedLabel,
        string predictedBoxes = PredictionColumns.PredictedBoundingBoxes,
        string score = PredictionColumns.Score)
    {
        string[] names = [DetectionColumns.Image, DetectionColumns.FileName, DetectionColumns.Label,
            DetectionColumns.BoundingBoxes, predictedLabel, predictedBoxes, score];
        var thresholds = metrics.PerCategory.ToDictionary(c => (int)c.CategoryId, c => c.BestThreshold);
        using var decoder = new ImageDecoder();
        using var cursor = scored.GetRowCursor(names.Select(name => scored.Schema[name]));
        var pictures = new List<ReportPicture>();
        while (pictures.Count < count && cursor.MoveNext())
            try
            {
                var encoded = Vector<byte>(cursor, DetectionColumns.Image);
                var name = Value<ReadOnlyMemory<char>>(cursor, DetectionColumns.FileName).ToString();
                var size = decoder.Decode(encoded, name);
                var truths = Boxes(cursor, DetectionColumns.Label, DetectionColumns.BoundingBoxes, null);
                var found = Boxes(cursor, predictedLabel, predictedBoxes, score)
                    .Where(box => box.Score >= thresholds.GetValueOrDefault(box.Category, double.NaN));
                pictures.Add(new(name, encoded, size.Width, size.Height, [.. found], truths));
            }
            catch (UnreadableImageException)
            {
                // The transformer that scored the view lists it among its unreadable images.
            }
        return pictures;
    }

    private static IReadOnlyList<ReportBox> Boxes(DataViewRow row, string label, string boxes, string? score)
    {
        var corners = BoxConversion.ToBoxes(Vector<float>(row, boxes), BoxFormat.Xyxy);
        var keys = Vector<uint>(row, label);
        var scores = score is null ? [.. keys.Select(_ => 1f)] : Vector<float>(row, score);
        return [.. corners.Select((box, i) => new ReportBox(box, (int)keys[i] - 1, scores[i]))];
    }

    private static T[] Vector<T>(DataViewRow row, string name) => [.. Value<VBuffer<T>>(row, name).DenseValues()];

    private static T Value<T>(DataViewRow row, string name)
    {
        var value = default(T)!;
        row.GetGetter<T>(row.Schema[name])(ref value);
        return value;
    }
}
