using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Detection.Images;
using MLNet.Detection.Interop;
using MLNet.Detection.Masks;

namespace MLNet.Detection.Data;

/// <summary>One column of the view of a data set: its type and how its value is read off an image.</summary>
internal sealed record DetectionColumn(
    string Name, DataViewType Type, Delegate Read, DataViewSchema.Annotations? Annotations = null)
{
    public delegate void Reader<T>(LabeledImage image, ref T value);

    private delegate T Select<out T>(LabeledBox label);

    /// <summary>All columns, in the order of the schema.</summary>
    public static DetectionColumn[] Of(DetectionDataset dataset)
    {
        var label = KeyNames.Column(
            DetectionColumns.Label, [.. dataset.Categories.Select(category => category.Name)]);
        var masks = new LastMask();
        DetectionColumn[] maps = dataset.Images.All(image => image.Mask is null) ? [] :
        [
            new(DetectionColumns.Mask, Vector(NumberDataViewType.Byte), Pixels(masks, map => map.Classes),
                MaskNames.Annotations([.. dataset.Categories.Select(category => category.Name)])),
            new(DetectionColumns.Instances, Vector(NumberDataViewType.UInt16), Pixels(masks, map => map.Instances)),
        ];
        return
        [
            new(DetectionColumns.Image, Vector(NumberDataViewType.Byte), (Reader<VBuffer<byte>>)ReadFile),
            new(label.Name, label.Type, Each(box => (uint)box.Category + 1), label.Annotations),
            new(DetectionColumns.BoundingBoxes, Vector(NumberDataViewType.Single), (Reader<VBuffer<float>>)ReadCorners),
            new(DetectionColumns.Crowd, Vector(BooleanDataViewType.Instance), Each(box => box.Crowd)),
            new(DetectionColumns.Difficult, Vector(BooleanDataViewType.Instance), Each(box => box.Difficult)),
            new(DetectionColumns.Area, Vector(NumberDataViewType.Single), Each(box => (float)box.Area)),
            new(DetectionColumns.ImageId, NumberDataViewType.Int64, One(image => image.Id)),
            new(DetectionColumns.FileName, TextDataViewType.Instance, One(image => image.FileName.AsMemory())),
            new(DetectionColumns.Width, NumberDataViewType.Int32, One(image => image.Width)),
            new(DetectionColumns.Height, NumberDataViewType.Int32, One(image => image.Height)),
            .. maps,
        ];
    }

    private static VectorDataViewType Vector(PrimitiveDataViewType item) => new(item);

    private static Reader<T> One<T>(Func<LabeledImage, T> select) =>
        (LabeledImage image, ref T value) => value = select(image);

    private static Reader<VBuffer<T>> Each<T>(Select<T> select) => (LabeledImage image, ref VBuffer<T> value) =>
    {
        var editor = VBufferEditor.Create(ref value, image.Boxes.Count);
        for (var i = 0; i < image.Boxes.Count; i++)
            editor.Values[i] = select(image.Boxes[i]);
        value = editor.Commit();
    };

    private static void ReadCorners(LabeledImage image, ref VBuffer<float> value)
    {
        var editor = VBufferEditor.Create(ref value, 4 * image.Boxes.Count);
        for (var i = 0; i < image.Boxes.Count; i++)
        {
            var box = image.Boxes[i].Box;
            ReadOnlySpan<float> corners = [box.X0, box.Y0, box.X1, box.Y1];
            corners.CopyTo(editor.Values.Slice(4 * i, 4));
        }
        value = editor.Commit();
    }

    private static Reader<VBuffer<T>> Pixels<T>(LastMask masks, Func<LabelMap, T[]?> select) =>
        (LabeledImage image, ref VBuffer<T> value) =>
            Fill(masks.Of(image) is { } map ? select(map) ?? [] : [], ref value);

    private static void Fill<T>(T[] values, ref VBuffer<T> buffer)
    {
        var editor = VBufferEditor.Create(ref buffer, values.Length);
        values.CopyTo(editor.Values);
        buffer = editor.Commit();
    }

    /// <summary>Reads the image file.</summary>
    /// <exception cref="UnreadableImageException">It cannot be read.</exception>
    internal static void ReadFile(LabeledImage image, ref VBuffer<byte> value)
    {
        try
        {
            using var file = File.OpenHandle(image.Path);
            var editor = VBufferEditor.Create(ref value, checked((int)RandomAccess.GetLength(file)));
            for (var read = 0; read < editor.Values.Length;)
                read += RandomAccess.Read(file, editor.Values[read..], read) is var count and > 0 ? count
                    : throw new EndOfStreamException("the file shrank while it was read");
            value = editor.Commit();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or OverflowException)
        {
            throw new UnreadableImageException(
                image.Path, $"the image file cannot be read ({error.Message.TrimEnd('.')})", error);
        }
    }

    // Two columns of a row come from one map.
    private sealed class LastMask
    {
        private Tuple<LabeledImage, LabelMap>? _last;

        public LabelMap? Of(LabeledImage image)
        {
            if (image.Mask is null)
                return null;
            var last = _last;
            if (last is null || !ReferenceEquals(last.Item1, image))
                _last = last = Tuple.Create(image, image.Mask.Read());
            return last.Item2;
        }
    }
}
