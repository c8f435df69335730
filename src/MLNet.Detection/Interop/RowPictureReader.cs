using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;
using MLNet.Detection.Images;

namespace MLNet.Detection.Interop;

/// <summary>The pictures of a row, or of all rows of a window.</summary>
internal sealed class RowPictureReader
{
    private readonly DataViewRow _row;
    private readonly DataViewSchema.Column _image;
    private readonly DataViewSchema.Column? _name;
    private readonly ValueGetter<VBuffer<byte>>? _bytes;
    private readonly ValueGetter<MLImage>? _pixels;
    private readonly ValueGetter<RgbImage>? _decoded;
    private readonly ValueGetter<ReadOnlyMemory<char>>? _text;
    private MLImage? _last;

    public RowPictureReader(DataViewRow row, string imageColumn, string? fileNameColumn)
    {
        (_row, _image) = (row, row.Schema[imageColumn]);
        _name = fileNameColumn is null ? null : row.Schema.GetColumnOrNull(fileNameColumn);
        if (_image.Type is ImageDataViewType)
            _pixels = row.GetGetter<MLImage>(_image);
        else if (_image.Type is PictureDataViewType)
            _decoded = row.GetGetter<RgbImage>(_image);
        else
            _bytes = row.GetGetter<VBuffer<byte>>(_image);
        _text = _name is { } name ? row.GetGetter<ReadOnlyMemory<char>>(name) : null;
    }

    public static IEnumerable<InputColumn> Inputs(string imageColumn, string? fileNameColumn)
    {
        yield return new(imageColumn, NumberDataViewType.Byte, "ImageColumnName") { IsVector = true, OrImage = true };
        if (fileNameColumn is not null)
            yield return new(fileNameColumn, TextDataViewType.Instance, "FileNameColumnName") { IsOptional = true };
    }

    /// <summary>The picture that the row shows.</summary>
    /// <exception cref="UnreadableImageException">The row has none, or its source could not read it.</exception>
    public RowPicture Read()
    {
        ReadOnlyMemory<char> text = default;
        _text?.Invoke(ref text);
        var name = Name(text, _row.Position);
        if (_pixels is not null)
            return RowImage.Read(() =>
            {
                // The same variable each time: a source that makes images may dispose the one before, as LoadImages does.
                _pixels(ref _last!);
                return _last;
            }, name);
        if (_decoded is not null)
        {
            RgbImage picture = null!;
            _decoded(ref picture);
            return new([], picture, name);
        }
        VBuffer<byte> bytes = default;
        _bytes!(ref bytes);
        return new(Dense(bytes), null, name);
    }

    /// <summary>The picture of a row of the window.</summary>
    /// <inheritdoc cref="Read()"/>
    public RowPicture Read(LookaheadCursor window, int slot)
    {
        ReadOnlyMemory<char> text = default;
        if (_name is { } column)
            window.Read(column, slot, ref text);
        var name = Name(text, window.PositionOf(slot));
        if (_pixels is not null)
            return RowImage.Read(() => window.Peek<MLImage>(_image, slot), name);
        if (_decoded is not null)
        {
            RgbImage picture = null!;
            window.Read(_image, slot, ref picture);
            return new([], picture, name);
        }
        VBuffer<byte> bytes = default;
        window.Read(_image, slot, ref bytes);
        return new(Dense(bytes), null, name);
    }

    private static byte[] Dense(VBuffer<byte> bytes) =>
        bytes.IsDense ? bytes.GetValues().ToArray() : [.. bytes.DenseValues()];

    private string Name(ReadOnlyMemory<char> text, long position) =>
        text.IsEmpty ? $"row {position} of column '{_image.Name}'" : text.ToString();
}
