using System.Runtime.InteropServices;
using System.Security.Cryptography;
using MLNet.Detection.Boxes;
using MLNet.Detection.Data;
using MLNet.Detection.Heads;
using MLNet.Detection.Images;

namespace MLNet.Detection.Training;

/// <summary>
/// The boxes of rows, checked as the readers of files check theirs: once all were looked at, parts of pictures become
/// pixels, what leaves its picture is clipped, what has no size is left out, and each is said with its row.
/// </summary>
/// <param name="column">Name of the column of boxes.</param>
internal sealed class RowBoxes(string column)
{
    private readonly List<DatasetProblem> _problems = [];
    private readonly BoxUnit _unit = new();
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private bool _areParts;

    /// <summary>What was corrected or left out.</summary>
    public IReadOnlyList<DatasetProblem> Problems => _problems;

    /// <summary>A number made of all boxes and classes, in their order.</summary>
    public long Hash { get; private set; }

    /// <summary>Takes the boxes of a row into account.</summary>
    public void Look(SampleRow row)
    {
        foreach (var (i, box) in row.Boxes.Index())
            _unit.Look(box.X0, box.Y0, box.X1, box.Y1, Place(row, i));
        _hash.AppendData(BitConverter.GetBytes(row.Boxes.Length));
        _hash.AppendData(MemoryMarshal.AsBytes(row.Boxes.AsSpan()));
        _hash.AppendData(MemoryMarshal.AsBytes(row.Classes.AsSpan()));
    }

    /// <summary>To be called when all rows were looked at.</summary>
    /// <exception cref="DatasetException">Some boxes are parts and others pixels.</exception>
    public void Decide()
    {
        _areParts = _unit.AreParts(Column, _problems);
        Hash = BitConverter.ToInt64(_hash.GetHashAndReset());
        _hash.Dispose();
    }

    /// <summary>A row ready for training.</summary>
    /// <param name="row">The row.</param>
    /// <param name="original">Sides of its picture.</param>
    /// <param name="transform">To the network's pixels.</param>
    /// <param name="say">Whether what is corrected is listed.</param>
    /// <exception cref="DatasetException">A coordinate is no number.</exception>
    public Sample Sample(SampleRow row, (int Width, int Height) original, ResizeTransform transform, bool say)
    {
        var check = new BoxCheck(say ? _problems : [], _areParts);
        var (width, height) = original;
        var (x, y) = _areParts ? original : (1, 1);
        Box?[] boxes = [.. row.Boxes.Select((box, i) => check.Admit(
            (double)box.X0 * x, (double)box.Y0 * y, (double)box.X1 * x, (double)box.Y1 * y, width, height,
            Place(row, i)))];
        return row.ToSample(transform, boxes, (double)x * y);
    }

    private string Column => $"column '{column}'";

    private AnnotationPlace Place(SampleRow row, int box) => new(Column, () =>
        row.Name.StartsWith("row ", StringComparison.Ordinal) ? $"{row.Name}, box {box + 1}"
        : $"row {row.Row} ({row.Name}), box {box + 1}");
}
