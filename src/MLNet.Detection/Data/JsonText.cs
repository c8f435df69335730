using System.Text.Json;

namespace MLNet.Detection.Data;

/// <summary>The bytes of an annotation file, for turning byte offsets into lines when something is wrong.</summary>
internal sealed class JsonText(string file)
{
    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    private readonly byte[] _bytes = Read(file);

    public string File { get; } = file;

    public ReadOnlySpan<byte> Bytes =>
        _bytes.AsSpan().StartsWith(ByteOrderMark) ? _bytes.AsSpan(ByteOrderMark.Length) : _bytes;

    /// <summary>Lines count from 1.</summary>
    public int LineOf(long offset) => Bytes[..(int)Math.Min(offset, Bytes.Length)].Count((byte)'\n') + 1;

    public AnnotationPlace Place(JsonPlace at) => new(File, () => $"line {LineOf(at.Offset)}, {at}");

    public AnnotationPlace Place(JsonPlace at, long image) =>
        new(File, () => $"line {LineOf(at.Offset)}, {at} (image {image})");

    public AnnotationPlace Place(JsonPlace at, long annotation, long image) =>
        new(File, () => $"line {LineOf(at.Offset)}, {at} (annotation {annotation}, image {image})");

    public DatasetException SyntaxError(JsonException error) => new(
        File, $"line {error.LineNumber + 1}, byte {error.BytePositionInLine + 1}",
        $"the JSON breaks off or is not well formed ({error.Message.Split(" LineNumber:")[0].TrimEnd('.')})",
        "Export the annotations again, or correct the file at that place.", error);

    private static byte[] Read(string file)
    {
        try
        {
            return System.IO.File.ReadAllBytes(file);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new DatasetException(
                file, "", $"the annotation file cannot be read: {error.Message}",
                "Correct the path or its permissions.", error);
        }
    }
}
