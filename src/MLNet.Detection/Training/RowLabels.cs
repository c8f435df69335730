using MLNet.Detection.Boxes;
using MLNet.Detection.Data;
using MLNet.Detection.Heads;
using MLNet.Detection.Images;

namespace MLNet.Detection.Training;

/// <summary>
/// The boxes of all rows, checked as the readers of files check theirs once the last one was seen: parts of pictures
/// become pixels, what leaves its picture is clipped, what has no size is left out, and each is said with its row.
/// </summary>
/// <param name="column">Name of the column of boxes.</param>
internal sealed class RowLabels(string column)
{
    private readonly List<(SampleRow Row, ResizedImage Place)> _rows = [];
    private readonly List<DatasetProblem> _problems = [];
    private readonly BoxUnit _unit = new();

    /// <summary>Rows so far.</summary>
    public int Count => _rows.Count;

    /// <summary>What was corrected or left out.</summary>
    public IReadOnlyList<DatasetProblem> Problems => _problems;

    /// <summary>Takes a row; its pixels are not kept.</summary>
    public void Add(SampleRow row, ResizedImage resized)
    {
        row = row with { Image = default, Map = null };
        foreach (var (i, box) in row.Boxes.Index())
            _unit.Look(box.X0, box.Y0, box.X1, box.Y1, Place(row, i));
        _rows.Add((row, resized with { Image = new(1, 1, new byte[3]) }));
    }

    /// <summary>The rows, ready for training.</summary>
    /// <exception cref="DatasetException">A coordinate is no number, or some boxes are parts and others pixels.</exception>
    public List<Sample> Samples()
    {
        var areParts = _unit.AreParts(Column, _problems);
        var check = new BoxCheck(_problems, areParts);
        return [.. _rows.Select(row => Sample(row.Row, row.Place, areParts, check))];
    }

    private string Column => $"column '{column}'";

    private Sample Sample(SampleRow row, ResizedImage place, bool areParts, BoxCheck check)
    {
        var (width, height) = place.Original;
        var (x, y) = areParts ? (width, height) : (1, 1);
        Box?[] boxes = [.. row.Boxes.Select((box, i) => check.Admit(
            (double)box.X0 * x, (double)box.Y0 * y, (double)box.X1 * x, (double)box.Y1 * y, width, height,
            Place(row, i)))];
        return row.ToSample(place.Transform, boxes, (double)x * y);
    }

    private AnnotationPlace Place(SampleRow row, int box) => new(Column, () =>
        row.Name.StartsWith("row ", StringComparison.Ordinal) ? $"{row.Name}, box {box + 1}"
        : $"row {row.Row} ({row.Name}), box {box + 1}");
}
