using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Detection.Data;
using MLNet.Detection.Images;
using MLNet.Detection.Interop;
using MLNet.Detection.Masks;

namespace MLNet.Detection.Training;

/// <summary>Reads pictures with masks, row by row.</summary>
internal static class MaskReader
{
    /// <summary>All rows whose image file can be read; the others are listed.</summary>
    /// <param name="view">The data.</param>
    /// <param name="columns">Its columns.</param>
    /// <param name="classes">The classes of the model; those of the data are found there by their names, where it has
    /// names.</param>
    /// <param name="skipped">Told of what cannot be read.</param>
    /// <param name="share">Rows of others come without a picture.</param>
    /// <exception cref="DatasetException">The data shares no class with the model, or a mask does not fit.</exception>
    public static IEnumerable<SampleRow> Rows(
        IDataView view, MaskColumns columns, IReadOnlyList<string> classes, List<string> skipped,
        RankShare share)
    {
        var numbers = Classes(view, columns, classes).Numbers;
        var instances = view.Schema.GetColumnOrNull(columns.Instances);
        var name = view.Schema.GetColumnOrNull(DetectionColumns.FileName);
        DataViewSchema.Column?[] wanted = [view.Schema[columns.Image], view.Schema[columns.Mask], instances, name];
        using var cursor = view.GetRowCursor([.. wanted.OfType<DataViewSchema.Column>()]);
        var image = new RowPictureReader(cursor, columns.Image, DetectionColumns.FileName);
        var mask = cursor.GetGetter<VBuffer<byte>>(view.Schema[columns.Mask]);
        var objects = instances is { } column ? cursor.GetGetter<VBuffer<ushort>>(column) : null;
        var text = name is { } named ? cursor.GetGetter<ReadOnlyMemory<char>>(named) : null;
        while (cursor.MoveNext())
        {
            var title = text is null ? $"row {cursor.Position}" : Value(text).ToString();
            if (!share.Has(cursor.Position))
            {
                yield return new(title, cursor.Position, default, [], [], [], []) { IsOwn = false };
                continue;
            }
            RowPicture picture;
            LabelMap? map;
            try
            {
                picture = image.Read();
                map = Map(title, Value(mask), objects is null ? default : Value(objects), picture, numbers);
            }
            catch (UnreadableImageException error)
            {
                skipped.Add(error.Message);
                continue;
            }
            if (map is null)
                skipped.Add($"{title}: the picture has no mask; it is left out");
            else
                yield return new(title, cursor.Position, picture, [], [], [], []) { Map = map };
        }
    }

    /// <summary>The classes of the data beside those of the model.</summary>
    /// <exception cref="DatasetException">They share none.</exception>
    public static MaskClasses Classes(IDataView view, MaskColumns columns, IReadOnlyList<string> classes) =>
        new((view as DetectionDataView)?.Dataset.Source ?? "The data", columns.ClassNames(view.Schema), classes);

    private static LabelMap? Map(
        string title, VBuffer<byte> mask, VBuffer<ushort> objects, RowPicture picture, byte[] numbers)
    {
        byte[] bytes = [.. mask.DenseValues()];
        if (bytes.Length == 0)
            return null;
        var (width, height) = picture.Pixels is { } pixels ? (pixels.Width, pixels.Height) : Size(picture);
        if (bytes.Length != (long)width * height && ImageSignature.IsPng(bytes))
            bytes = Stored(title, bytes, width, height);
        if (bytes.Length != (long)width * height)
            throw new DatasetException(title, "", $"its mask has {bytes.Length} pixels, the upright picture is {width} x "
                + $"{height}", "Give a mask of the picture's own size.");
        for (var i = 0; i < bytes.Length; i++)
            bytes[i] = bytes[i] < numbers.Length ? numbers[bytes[i]] : bytes[i] == LabelMap.Ignored ? LabelMap.Ignored
                : throw new DatasetException(title, "", $"its mask has the number {bytes[i]}, but there are "
                    + $"{numbers.Length - 1} classes", $"Expected 0 for background, 1 to {numbers.Length - 1}, and "
                    + $"{LabelMap.Ignored} for pixels that do not count.");
        ushort[] own = [.. objects.DenseValues()];
        if (own.Length > 0 && own.Length != bytes.Length)
            throw new DatasetException(title, "", $"its objects have {own.Length} pixels, its mask {bytes.Length}",
                "Give one number a pixel.");
        return new(width, height, bytes) { Instances = own.Length == 0 ? null : own };
    }

    private static (int Width, int Height) Size(RowPicture picture)
    {
        using var stream = new MemoryStream(picture.Encoded, writable: false);
        var header = ImageHeader.Read(stream, picture.Name);
        return (header.Width, header.Height);
    }

    private static byte[] Stored(string title, byte[] file, int width, int height)
    {
        var stored = LabelPng.Read(file, title);
        if ((stored.Width, stored.Height) != (width, height))
            throw new DatasetException(title, "", $"its mask is {stored.Width} x {stored.Height}, the upright picture {width} x "
                + $"{height}", "Give a mask of the picture's own size.");
        return Array.ConvertAll(stored.Numbers, number => number <= LabelMap.Ignored ? (byte)number
            : throw new DatasetException(title, "", $"its mask has the number {number}",
                "A mask of classes has numbers up to 255; give objects in a column of their own."));
    }

    private static T Value<T>(ValueGetter<T> getter)
    {
        T value = default!;
        getter(ref value);
        return value;
    }
}
