using System.Text.Json;

namespace MLNet.Detection.Data.Formats;

/// <summary>
/// Tells JSON formats apart by a look at the outermost value. JSON that is not well formed is an error.
/// </summary>
internal static class JsonKind
{
    private delegate bool Look(ref JsonCursor json);

    /// <summary>Whether the file holds an object that has one of these properties.</summary>
    public static bool HasProperty(string path, params string[] names) => At(path, (ref json) =>
    {
        if (json.Type != JsonTokenType.StartObject)
            return false;
        while (json.NextProperty() is { } name)
        {
            if (names.Contains(name))
                return true;
            json.Skip();
        }
        return false;
    });

    /// <summary>Whether the file holds a list.</summary>
    public static bool IsList(string path) => At(path, (ref json) => json.Type == JsonTokenType.StartArray);

    private static bool At(string path, Look look)
    {
        if (!Path.GetExtension(path).Equals(".json", StringComparison.OrdinalIgnoreCase) || !File.Exists(path))
            return false;
        var source = new JsonSource(path);
        using var stream = source.Open();
        var json = new JsonCursor(source, stream);
        try
        {
            json.Read();
            return look(ref json);
        }
        catch (JsonException error)
        {
            throw source.SyntaxError(error);
        }
    }
}
