using System.Text.Json;
using MLNet.Detection.Data;

namespace MLNet.Detection.Evaluation;

/// <summary>Reading JSON with errors that name file, line and path.</summary>
internal static class JsonFile
{
    public static T Read<T>(string path, Func<Stream, T> read)
    {
        try
        {
            using var stream = File.OpenRead(path);
            return read(stream);
        }
        catch (JsonException error)
        {
            throw new DatasetException(
                path, $"line {error.LineNumber + 1}, {error.Path ?? "$"}",
                error.Message.Split(" Path:")[0].TrimEnd('.'),
                "Correct the value, or export the file again.", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new DatasetException(
                path, "", $"the file cannot be read: {error.Message}", "Correct the path or its permissions.", error);
        }
    }
}
