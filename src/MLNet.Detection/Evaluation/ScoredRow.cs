using System.Runtime.InteropServices;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Detection.Boxes;

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

    public IEnumerable<GroundTruth> Truths()
    {
        var labels = _labels();
        var boxes = Boxes(_boxes(), labels.Length, options.BoundingBoxColumnName, options.LabelColumnName);
        var crowds = OneABox(_crowds, labels.Length, options.CrowdColumnName);
        var difficult = OneABox(_difficult, labels.Length, options.DifficultColumnName);
        var areas = OneABox(_areas, labels.Length, options.AreaColumnName);
        for (var i = 0; i < labels.Length; i++)
        {
            if (labels[i] == 0)
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

    private void Require(bool condition, string column, string found, int expected)
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
