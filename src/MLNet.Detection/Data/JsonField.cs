using System.Globalization;
using System.Text.Json;

namespace MLNet.Detection.Data;

/// <summary>
/// A value in a JSON document that is in memory, with typed reads whose errors name file and path. For files that may
/// be larger than memory there is <see cref="JsonCursor"/>.
/// </summary>
internal sealed class JsonField
{
    private readonly JsonElement _element;
    private readonly string _file;
    private readonly string _key;
    private readonly JsonField? _parent;

    /// <summary>The outermost value.</summary>
    /// <param name="element">The value.</param>
    /// <param name="file">The file it was read from.</param>
    /// <param name="place">Where in the file; empty when it is the whole of it.</param>
    public JsonField(JsonElement element, string file, string place = "") =>
        (_element, _file, _key) = (element, file, place);

    private JsonField(JsonElement element, JsonField parent, string key) : this(element, parent._file, key) =>
        _parent = parent;

    public AnnotationPlace Place => new(_file, Path);

    /// <summary>The property of an object.</summary>
    public JsonField this[string key] => Find(key) ?? throw Place.Error(
        $"the key \"{key}\" is missing", "Add it, or export the annotations again.");

    /// <summary>Reads a whole file.</summary>
    public static JsonField Load(string file)
    {
        var source = new JsonSource(file);
        try
        {
            using var stream = source.Open();
            using var document = JsonDocument.Parse(stream);
            return new(document.RootElement.Clone(), file);
        }
        catch (JsonException error)
        {
            throw source.SyntaxError(error);
        }
    }

    /// <summary>The first of these properties that is there and not null.</summary>
    public JsonField? Find(params ReadOnlySpan<string> keys)
    {
        Expect(JsonValueKind.Object, "an object");
        foreach (var key in keys)
            if (Whole(() => (Is: _element.TryGetProperty(key, out var value), Value: value)) is { Is: true } found
                && found.Value.ValueKind != JsonValueKind.Null)
                return new(found.Value, this, key);
        return null;
    }

    public IEnumerable<JsonField> Items()
    {
        Expect(JsonValueKind.Array, "a list");
        return _element.EnumerateArray().Select((item, index) => new JsonField(item, this, $"[{index}]"));
    }

    public IEnumerable<JsonField> Members()
    {
        Expect(JsonValueKind.Object, "an object");
        return _element.EnumerateObject().Select(
            member => new JsonField(member.Value, this, Whole(() => member.Name)));
    }

    public string Text()
    {
        Expect(JsonValueKind.String, "a text");
        return Whole(() => _element.GetString()!);
    }

    /// <summary>A number, also as a text such as "0.5".</summary>
    public double Number()
    {
        if (_element.ValueKind == JsonValueKind.String
            && double.TryParse(Text(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
            return number;
        Expect(JsonValueKind.Number, "a number");
        return _element.GetDouble();
    }

    /// <summary>true, false, 1 or 0, also as a text.</summary>
    public bool Flag() => _element.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.String when bool.TryParse(Text(), out var flag) => flag,
        _ => Number() switch { 0 => false, 1 => true, _ => throw Unexpected("0 or 1") },
    };

    /// <summary>A number of pixels, also as a text such as "640" or "640px"; null where it is 0 or empty.</summary>
    public int? Pixels()
    {
        var text = _element.ValueKind == JsonValueKind.String ? Text().Replace("px", "").Trim()
            : _element.ValueKind == JsonValueKind.Number ? _element.GetRawText() : "-";
        if (text.Length == 0)
            return null;
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            && number is >= 0 and <= int.MaxValue && number == Math.Floor(number) ? number > 0 ? (int)number : null
            : throw Unexpected("a number of pixels");
    }

    /// <summary>Whether it is a list.</summary>
    public bool IsList => _element.ValueKind == JsonValueKind.Array;

    private void Expect(JsonValueKind kind, string expected)
    {
        if (_element.ValueKind != kind)
            throw Unexpected(expected);
    }

    private DatasetException Unexpected(string expected)
    {
        const int QuotedLength = 40;
        var text = Whole(_element.GetRawText);
        text = text.Length <= QuotedLength ? text : text[..QuotedLength] + "...";
        return Place.Error(
            $"found {text} where {expected} belongs", "Correct the value, or export the annotations again.");
    }

    private T Whole<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (InvalidOperationException error)   // bytes that are no UTF-8, half of a surrogate pair
        {
            throw Place.Error(
                "found a text that does not consist of whole characters", "Write the file in UTF-8.", error);
        }
    }

    private string Path()
    {
        var above = _parent?.Path() ?? "";
        var separator = above.Length == 0 || _key.StartsWith('[') ? "" : _parent!._parent is null ? ", " : ".";
        return above + separator + _key;
    }
}
