using System.Globalization;

namespace MLNet.Detection.Data;

/// <summary>
/// Finds out whether the boxes of a file are pixels or parts of their pictures. They are parts where none leaves the
/// picture by more than a tenth of it; no file of pixels has all its objects in the first one.
/// </summary>
internal sealed class BoxUnit
{
    private const double Most = 1.1, Least = -0.1;

    // A file of pixels may have a slip of a pen in its first pixel; more than one in so many is another unit.
    private const long SlipsPerBox = 1000;

    private AnnotationPlace? _pixels, _part;
    private string _pixelBox = "", _partBox = "";
    private bool _whole;
    private long _boxes, _parts;

    /// <summary>Whether a box may be parts of its picture.</summary>
    public static bool MayBeParts(double x0, double y0, double x1, double y1) =>
        Math.Min(x0, y0) >= Least && Math.Max(x1, y1) <= Most;

    /// <summary>Takes a box into account; those without size, or with numbers that are none, say nothing.</summary>
    public void Look(double x0, double y0, double x1, double y1, AnnotationPlace place)
    {
        if (!double.IsFinite(x0 + y0 + x1 + y1) || x1 <= x0 || y1 <= y0)
            return;
        _boxes++;
        if (!MayBeParts(x0, y0, x1, y1))
        {
            if (_pixels is null)
                (_pixels, _pixelBox) = (place, Text(x0, y0, x1, y1));
        }
        else if (double.IsInteger(x0) && double.IsInteger(y0) && double.IsInteger(x1) && double.IsInteger(y1))
            _whole = true;   // 0 0 1 1: the whole picture, or its first pixel
        else if (++_parts == 1)
            (_part, _partBox) = (place, Text(x0, y0, x1, y1));
    }

    /// <summary>The answer, when all boxes were looked at; said where it is not what a reader expects.</summary>
    /// <exception cref="DatasetException">There are boxes of either kind.</exception>
    public bool AreParts(string file, List<DatasetProblem> problems)
    {
        if (_pixels is { } pixels && _parts * SlipsPerBox > _boxes)
            throw _part!.Value.Error(
                $"the box {_partBox} is in parts of its picture, but {_pixelBox} ({pixels}) is in pixels; "
                + $"{_parts} of {_boxes} boxes are parts", "Write all boxes in the same unit.");
        if (_pixels is not null && _part is { } slip)
            problems.Add(slip.Problem($"the box {_partBox} lies within the first pixel of its picture, as "
                + $"{_parts} of {_boxes} do; taken as pixels"));
        if (_pixels is not null || (_parts == 0 && !_whole))
            return false;
        problems.Add(new(file, "", $"no box of {_boxes} has a number above {Text(Most)}: they are parts of their "
            + "pictures, and were scaled to pixels") { Kind = DatasetProblemKind.Scaled });
        return true;
    }

    private static string Text(params ReadOnlySpan<double> numbers)
    {
        var words = new string[numbers.Length];
        for (var i = 0; i < words.Length; i++)
            words[i] = numbers[i].ToString("0.######", CultureInfo.InvariantCulture);
        return string.Join(' ', words);
    }
}
