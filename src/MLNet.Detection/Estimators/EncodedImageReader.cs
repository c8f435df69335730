using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Detection.Interop;

namespace MLNet.Detection.Estimators;

/// <summary>The image files of a row, or of all rows of a window.</summary>
internal sealed class EncodedImageReader
{
    private readonly DataViewRow _row;
    private readonly DataViewSchema.Column _image;
    private readonly DataViewSchema.Column? _name;
    private readonly ValueGetter<VBuffer<byte>> _bytes;
    private readonly ValueGetter<ReadOnlyMemory<char>>? _text;

    public EncodedImageReader(DataViewRow row, string imageColumn, string? fileNameColumn)
    {
        (_row, _image) = (row, row.Schema[imageColumn]);
        _name = fileNameColumn is null ? null : row.Schema.GetColumnOrNull(fileNameColumn);
        _bytes = row.GetGetter<VBuffer<byte>>(_image);
        _text = _name is { } name ? row.GetGetter<ReadOnlyMemory<char>>(name) : null;
    }

    public static IEnumerable<InputColumn> Inputs(string imageColumn, string? fileNameColumn)
    {
        yield return new(imageColumn, NumberDataViewType.Byte, "ImageColumnName") { IsVector = true };
        if (fileNameColumn is not null)
            yield return new(fileNameColumn, TextDataViewType.Instance, "FileNameColumnName") { IsOptional = true };
    }

    /// <summary>The image that the row shows.</summary>
    public EncodedImage Read()
    {
        VBuffer<byte> bytes = default;
        ReadOnlyMemory<char> text = default;
        _bytes(ref bytes);
        _text?.Invoke(ref text);
        return Image(bytes, text, _row.Position);
    }

    /// <summary>The image of a row of the window.</summary>
    public EncodedImage Read(LookaheadCursor window, int slot)
    {
        VBuffer<byte> bytes = default;
        ReadOnlyMemory<char> text = default;
        window.Read(_image, slot, ref bytes);
        if (_name is { } name)
            window.Read(name, slot, ref text);
        return Image(bytes, text, window.PositionOf(slot));
    }

    private EncodedImage Image(VBuffer<byte> bytes, ReadOnlyMemory<char> text, long position) =>
        new(bytes.IsDense ? bytes.GetValues().ToArray() : [.. bytes.DenseValues()],
            text.IsEmpty ? $"row {position} of column '{_image.Name}'" : text.ToString());
}
