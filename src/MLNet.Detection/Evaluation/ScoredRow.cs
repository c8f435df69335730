using System.Runtime.InteropServices;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Detection.Boxes;
using MLNet.Detection.Data;

namespace MLNet.Detection.Evaluation;

/// <summary>Reads the objects of the row that a cursor shows.</summary>
internal sealed class ScoredRow(DataViewRow row, ScoredColumns columns, ScoredView.Options options)
{
    private readonly Func<uint[]> _labels = Reader<uint>(row, options.LabelColumnName)!;
    private readonly Func<float[]> _boxes = Reader<float>(row, options.BoundingBoxColumnName)!;
    private readonly Func<bool[]>? _crowds = Reader<bool>(row, options.CrowdColumnName);
    private readonly Func<bool[]>? _difficult = Reader<bool>(row, options.DifficultColumnName);
    private readonly Func<float[]>? _areas = Reader<float>(row, options.AreaColumnName);
    private readonly Func<uint[]> _predicted = Reader<uint>(row, options.PredictedLabelColumnName)!;
    private readonly Func<float[]> _predictedBoxes = Reader<float>(row, options.PredictedBoundingBoxColumnName)!;
    private readonly Func<float[]> _scores = Reader<float>(row, options.ScoreColumnName)!;

    public IEnumerable<GroundTruth> Truths(List<DatasetProblem> problems)
    {
        var labels = _labels();
        var boxes = Boxes(_boxes(), labels.Length, options.BoundingBoxColumnName, options.LabelColumnName);
        var crowds = OneABox(_crowds, labels.Length, options.CrowdColumnName);
        var difficult = OneABox(_difficult, labels.Length, options.DifficultColumnName);
        var areas = OneABox(_areas, labels.Length, options.AreaColumnName);
        for (var i = 0; i < labels.Length; i++)
        {
            if (labels[i] == 0 || !Counts(boxes[i], i, problems))
                continue;
            var truth = new GroundTruth(row.Position, labels[i] - 1, BoxXywh.FromBox(boxes[i]))
            {
                IsCrowd = crowds?[i] == true || difficult?[i] == true,
                IsDifficult = difficult?[i] == true,
            };
            yield return areas is null ? truth : truth with { Area = areas[i] };
        }
    }

    public IEnumerable<DetectionResult> Detections()
    {
        var (labels, scores) = (_predicted(), _scores());
        var boxes = Boxes(
            _predictedBoxes(), labels.Length, options.PredictedBoundingBoxColumnName, options.PredictedLabelColumnName);
        Require(scores.Length == labels.Length, options.ScoreColumnName, $"{scores.Length} scores", labels.Length);
        for (var i = 0; i < labels.Length; i++)
            if (columns.CategoryOf(labels[i]) is >= 0 and var category)
                yield return new(row.Position, category, BoxXywh.FromBox(boxes[i]), scores[i]);
    }

    // As readers of files have it: what is no number is an error, what has no size is left out and said.
    private bool Counts(Box box, int index, List<DatasetProblem> problems)
    {
        var (x0, y0, x1, y1) = (box.X0, box.Y0, box.X1, box.Y1);
        Require(float.IsFinite(x0) && float.IsFinite(y0) && float.IsFinite(x1) && float.IsFinite(y1),
            options.BoundingBoxColumnName, $"a box {index + 1} with a coordinate that is not a finite number",
            "numbers");
        if (box.IsProper)
            return true;
        problems.Add(new($"column '{options.BoundingBoxColumnName}'", $"row {row.Position}, box {index + 1}",
            FormattableString.Invariant($"the box from {x0} {y0} to {x1} {y1} is {x1 - x0} x {y1 - y0} pixels; dropped"))
        {
            Kind = x1 < x0 || y1 < y0 ? DatasetProblemKind.Swapped : DatasetProblemKind.NoSize,
        });
        return false;
    }

    private Box[] Boxes(float[] numbers, int count, string column, string labels)
    {
        Require(numbers.Length == 4 * count, column,
            $"{numbers.Length} numbers, which are not 4 an entry of '{labels}'", 4 * count);
        return MemoryMarshal.Cast<float, Box>(numbers).ToArray();
    }

    private T[]? OneABox<T>(Func<T[]>? read, int count, string? column)
    {
        var values = read?.Invoke();
        Require(values is null || values.Length == count, column!, $"{values?.Length} values", count);
        return values;
    }

    private void Require(bool condition, string column, string found, object expected)
    {
        if (!condition)
            throw new InvalidDataException(
                $"Row {row.Position}, column '{column}': found {found}, expected {expected}. "
                + "Correct the data, or name another column.");
    }

    private static Func<T[]>? Reader<T>(DataViewRow row, string? column)
    {
        if (column is null || row.Schema.GetColumnOrNull(column) is not { } found)
            return null;
        var getter = row.GetGetter<VBuffer<T>>(found);
        VBuffer<T> value = default;
        return () =>
        {
            getter(ref value);
            return [.. value.DenseValues()];
        };
    }
}
