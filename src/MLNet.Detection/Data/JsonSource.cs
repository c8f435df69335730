using System.Text.Json;

namespace MLNet.Detection.Data;

/// <summary>
/// An annotation file in JSON. It is never in memory as a whole: to turn a byte offset into a line when something is
/// wrong, the file is read again up to there.
/// </summary>
internal sealed class JsonSource(string file)
{
    public string File { get; } = file;

    public Stream Open()
    {
        try
        {
            // The cursor has its own buffer.
            return new FileStream(File, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new DatasetException(
                File, "", $"the annotation file cannot be read: {error.Message}",
                "Correct the path or its permissions.", error);
        }
    }

    /// <summary>Lines count from 1.</summary>
    public long LineOf(long offset)
    {
        using var stream = Open();
        var buffer = new byte[1 << 16];
        var line = 1L;
        while (offset > 0 && stream.Read(buffer, 0, (int)Math.Min(offset, buffer.Length)) is > 0 and var read)
            (line, offset) = (line + buffer.AsSpan(0, read).Count((byte)'\n'), offset - read);
        return line;
    }

    public AnnotationPlace Place(JsonPlace at) => new(File, () => $"line {LineOf(at.Offset)}, {at}");

    public AnnotationPlace Place(JsonPlace at, long image) =>
        new(File, () => $"line {LineOf(at.Offset)}, {at} (image {image})");

    public AnnotationPlace Place(JsonPlace at, long annotation, long image) =>
        new(File, () => $"line {LineOf(at.Offset)}, {at} (annotation {annotation}, image {image})");

    public DatasetException SyntaxError(JsonException error) => new(
        File, $"line {error.LineNumber + 1}, byte {error.BytePositionInLine + 1}",
        $"the JSON breaks off or is not well formed ({error.Message.Split(" LineNumber:")[0].TrimEnd('.')})",
        "Export the annotations again, or correct the file at that place.", error);
}
