using Microsoft.ML;
using Microsoft.ML.Transforms.Image;
using MLNet.Detection.Data;
using MLNet.Detection.Estimators;

namespace MLNet.Detection.Evaluation;

/// <summary>
/// The true and the predicted objects of a view, one row an image, as evaluations take them. A category is its index
/// in the names of the label column; predicted classes are found there by name, or by index where one of the columns
/// carries no names. Objects with a missing label, and predictions of classes that the labels do not know, are left
/// out, as pycocotools does.
/// </summary>
public sealed class ScoredView
{
    private readonly List<GroundTruth> _truths = [];
    private readonly List<DetectionResult> _detections = [];
    private readonly List<DatasetProblem> _problems = [];

    /// <summary>Reads the whole view.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or of another type.</exception>
    /// <exception cref="InvalidDataException">The columns of a row have lengths that do not belong together, a coordinate
    /// is no number, or true boxes are parts of their pictures and predicted ones pixels.</exception>
    /// <exception cref="ArgumentException">No predicted class has the name of a label.</exception>
    public ScoredView(IDataView data, Options? options = null)
    {
        options ??= new();
        var columns = new ScoredColumns(data.Schema, options);
        Categories = columns.Categories;
        using var cursor = data.GetRowCursor(columns.Needed);
        var row = new ScoredRow(cursor, columns, options);
        while (cursor.MoveNext())
        {
            _truths.AddRange(row.Truths(_problems));
            _detections.AddRange(row.Detections());
        }
        CheckUnits(options);
        CheckSize(data.Schema, options);
        _problems.AddRange(_truths.CountBy(truth => (int)truth.CategoryId).Where(count => !columns.Predicts(count.Key))
            .OrderBy(count => count.Key).Select(count => new DatasetProblem($"column '{options.PredictedLabelColumnName}'", "",
                $"the class '{Categories[count.Key]}' is not predicted; its true boxes ({count.Value}) count as missed")
            { Kind = DatasetProblemKind.NoClass }));
    }

    /// <summary>The names of the categories; a category's id is its index.</summary>
    public IReadOnlyList<string> Categories { get; }

    /// <summary>All true objects; an image's id is the number of its row.</summary>
    public IReadOnlyList<GroundTruth> GroundTruths => _truths;

    /// <summary>All predicted objects.</summary>
    public IReadOnlyList<DetectionResult> Detections => _detections;

    /// <summary>True boxes that were left out, because they have no size; classes that have true boxes but are not
    /// predicted; boxes of another size than their pictures.</summary>
    public IReadOnlyList<DatasetProblem> Problems => _problems;

    /// <summary>COCO's numbers, with the names of the categories.</summary>
    public CocoMetrics Evaluate() => new CocoEvaluation()
        .Evaluate(_truths, _detections, Enumerable.Range(0, Categories.Count).Select(id => (long)id))
        .Named(id => Categories[(int)id]);

    /// <summary>COCO's numbers, what is mistaken for what, and which errors cost how much.</summary>
    public DetectionAnalysis Analyze() => DetectionAnalysis.Of(
        _truths, _detections, Categories.Index().ToDictionary(name => (long)name.Index, name => name.Item));

    // Parts of the picture beside pixels would overlap nowhere, and measure 0.
    private void CheckUnits(Options options)
    {
        if (_truths.Count > 0 && _detections.Count > 0 && InParts(_truths.Select(truth => truth.Box))
            && !InParts(_detections.Select(found => found.Box)))
            throw new InvalidDataException(
                $"Column '{options.BoundingBoxColumnName}': all true boxes lie between 0 and 1, they are parts of their "
                + $"pictures, but '{options.PredictedBoundingBoxColumnName}' has pixels. Multiply the true boxes by the "
                + "widths and heights of their pictures.");
    }

    // Estimators that resize pictures leave the boxes as they are.
    private void CheckSize(DataViewSchema schema, Options options)
    {
        if (schema.GetColumnOrNull(DetectionColumns.Image)?.Type is not ImageDataViewType { Width: > 0, Height: > 0 } size)
            return;
        var outside = _truths.Where(truth => truth.Box.X + truth.Box.Width > size.Width + 1
            || truth.Box.Y + truth.Box.Height > size.Height + 1).ToList();
        if (outside.Count > 0)
            _problems.Add(new($"column '{options.BoundingBoxColumnName}'", $"row {outside[0].ImageId}", FormattableString.Invariant(
                $"{outside.Count} of {_truths.Count} true boxes leave their pictures, which have {size.Width} x {size.Height} pixels in ")
                + $"column '{DetectionColumns.Image}'. Scale the boxes with the pictures, or leave resizing to the detector")
            { Kind = DatasetProblemKind.Scaled });
    }

    private static bool InParts(IEnumerable<BoxXywh> boxes) =>
        boxes.All(box => BoxUnit.MayBeParts(box.X, box.Y, box.X + box.Width, box.Y + box.Height));

    /// <summary>The columns to compare.</summary>
    public sealed record Options
    {
        /// <summary>Vector of uint keys: the true classes.</summary>
        public string LabelColumnName { get; init; } = DetectionColumns.Label;

        /// <summary>Vector of float: x0, y0, x1, y1 of each true box.</summary>
        public string BoundingBoxColumnName { get; init; } = DetectionColumns.BoundingBoxes;

        /// <summary>Vector of uint keys: the predicted classes.</summary>
        public string PredictedLabelColumnName { get; init; } = PredictionColumns.PredictedLabel;

        /// <summary>Vector of float: x0, y0, x1, y1 of each predicted box.</summary>
        public string PredictedBoundingBoxColumnName { get; init; } = PredictionColumns.PredictedBoundingBoxes;

        /// <summary>Vector of float, one a predicted box.</summary>
        public string ScoreColumnName { get; init; } = PredictionColumns.Score;

        /// <summary>Vector of bool, one a true box: neither wanted nor punished; null, or a name that the data lacks:
        /// none.</summary>
        public string? CrowdColumnName { get; init; } = DetectionColumns.Crowd;

        /// <summary>Vector of bool, one a true box: COCO's evaluation, which has no such mark, takes the object for a
        /// crowd; null, or a name that the data lacks: none.</summary>
        public string? DifficultColumnName { get; init; } = DetectionColumns.Difficult;

        /// <summary>Vector of float, one a true box: square pixels; null, or a name that the data lacks: the
        /// box's.</summary>
        public string? AreaColumnName { get; init; } = DetectionColumns.Area;
    }
}
