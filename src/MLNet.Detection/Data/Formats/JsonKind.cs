using System.Text.Json;

namespace MLNet.Detection.Data.Formats;

/// <summary>Tells JSON formats apart by a look at the outermost value.</summary>
internal static class JsonKind
{
    /// <summary>Whether the file holds an object that has one of these properties.</summary>
    public static bool HasProperty(string path, params ReadOnlySpan<string> names)
    {
        if (!IsJson(path))
            return false;
        using var stream = new JsonSource(path).Open();
        var json = new JsonCursor(new JsonSource(path), stream);
        try
        {
            json.Read();
            if (json.Type != JsonTokenType.StartObject)
                return false;
            while (json.NextProperty() is { } name)
            {
                if (names.Contains(name))
                    return true;
                json.Skip();
            }
        }
        catch (JsonException)
        {
            // Damage is reported by the reader of the format that the user names.
        }
        return false;
    }

    /// <summary>Whether the file holds a list.</summary>
    public static bool IsList(string path)
    {
        if (!IsJson(path))
            return false;
        using var stream = new JsonSource(path).Open();
        var json = new JsonCursor(new JsonSource(path), stream);
        try
        {
            return json.Read() && json.Type == JsonTokenType.StartArray;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static bool IsJson(string path) =>
        Path.GetExtension(path).Equals(".json", StringComparison.OrdinalIgnoreCase) && File.Exists(path);
}
