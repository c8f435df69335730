using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Detection.Boxes;
using MLNet.Detection.Data;
using MLNet.Detection.Images;
using MLNet.Detection.Interop;

namespace MLNet.Detection.Training;

/// <summary>Reads the rows of a data view one after the other.</summary>
internal static class SampleReader
{
    /// <summary>All rows whose image file can be read; the others are listed. Classes are found by their names. Rows that
    /// are not of the share come without a picture.</summary>
    /// <exception cref="ArgumentException">A row has another number of boxes than labels.</exception>
    public static IEnumerable<SampleRow> Rows(
        IDataView view, LabelColumns columns, IReadOnlyList<string> classes, List<string> skipped,
        RankShare share)
    {
        var classOf = columns.ClassesOf(view.Schema, classes);
        string[] optional = [DetectionColumns.Crowd, DetectionColumns.Difficult, DetectionColumns.Area,
            DetectionColumns.FileName];
        var active = new[] { columns.Image, columns.Label, columns.BoundingBoxes }.Concat(optional)
            .Select(name => view.Schema.GetColumnOrNull(name)).OfType<DataViewSchema.Column>().ToList();
        using var cursor = view.GetRowCursor(active);
        var image = new RowPictureReader(cursor, columns.Image, DetectionColumns.FileName);
        var labels = Getter<VBuffer<uint>>(cursor, columns.Label)!;
        var corners = Getter<VBuffer<float>>(cursor, columns.BoundingBoxes)!;
        var flags = new[] { DetectionColumns.Crowd, DetectionColumns.Difficult }
            .Select(flag => Getter<VBuffer<bool>>(cursor, flag)).OfType<ValueGetter<VBuffer<bool>>>().ToList();
        var area = Getter<VBuffer<float>>(cursor, DetectionColumns.Area);
        var name = Getter<ReadOnlyMemory<char>>(cursor, DetectionColumns.FileName);
        while (cursor.MoveNext())
        {
            var title = name is null ? $"row {cursor.Position}" : Value(name).ToString();
            var own = share.Has(cursor.Position);
            RowPicture picture = default;
            if (own && !TryRead(image, skipped, out picture))
                continue;
            var keys = Value(labels).DenseValues().ToArray();
            var boxes = Value(corners).DenseValues().ToArray();
            if (boxes.Length != 4 * keys.Length)
                throw new ArgumentException(
                    $"{title}: {keys.Length} labels need {4 * keys.Length} numbers in '{columns.BoundingBoxes}', found "
                    + $"{boxes.Length}.");
            int[] numbers = [.. keys.Select(key => key == 0 ? SampleRow.NoLabel : classOf[key - 1])];
            yield return new(title, cursor.Position, picture, BoxConversion.ToBoxes(boxes, BoxFormat.Xyxy), numbers,
                AnySet(flags, keys.Length), area is null ? [] : [.. Value(area).DenseValues()]) { IsOwn = own };
        }
    }

    private static bool[] AnySet(List<ValueGetter<VBuffer<bool>>> flags, int count)
    {
        var any = new bool[count];
        foreach (var flag in flags)
            foreach (var (i, set) in Value(flag).DenseValues().Index().Take(count))
                any[i] |= set;
        return any;
    }

    private static bool TryRead(RowPictureReader image, List<string> skipped, out RowPicture picture)
    {
        try
        {
            picture = image.Read();
            return true;
        }
        catch (UnreadableImageException error)
        {
            skipped.Add(error.Message);
            picture = default;
            return false;
        }
    }

    private static ValueGetter<T>? Getter<T>(DataViewRow row, string name) =>
        row.Schema.GetColumnOrNull(name) is { } column ? row.GetGetter<T>(column) : null;

    private static T Value<T>(ValueGetter<T> getter)
    {
        T value = default!;
        getter(ref value);
        return value;
    }
}
