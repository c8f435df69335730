using System.Text;
using System.Text.Json;

namespace MLNet.Detection.Data;

/// <summary>A forward walk over JSON with typed reads whose errors name line and path.</summary>
internal ref struct JsonCursor(JsonText text)
{
    private const int QuotedLength = 40;

    private Utf8JsonReader _reader = new(text.Bytes);

    /// <summary>The byte where the current value starts.</summary>
    public readonly int Offset => (int)_reader.TokenStartIndex;

    /// <summary>Moves to the first value; to the end when called after the last.</summary>
    public bool Read() => _reader.Read();

    public void Skip() => _reader.Skip();

    public readonly void Expect(JsonTokenType type, JsonPlace at, string expected)
    {
        if (_reader.TokenType != type)
            throw Unexpected(at, expected);
    }

    /// <summary>
    /// Moves to the value of the next property of the object walked and gives its name; null at its end.
    /// </summary>
    public string? NextProperty()
    {
        _reader.Read();
        if (_reader.TokenType == JsonTokenType.EndObject)
            return null;
        var name = _reader.GetString();
        _reader.Read();
        return name;
    }

    /// <summary>Moves to the next element of the array walked; false at its end.</summary>
    public bool NextElement()
    {
        _reader.Read();
        return _reader.TokenType != JsonTokenType.EndArray;
    }

    public readonly string String(JsonPlace at)
    {
        Expect(JsonTokenType.String, at, "a text");
        return _reader.GetString()!;
    }

    public readonly double Double(JsonPlace at)
    {
        Expect(JsonTokenType.Number, at, "a number");
        return _reader.GetDouble();
    }

    /// <summary>A whole number; 7.0 is one too, as some exporters write it.</summary>
    public readonly long Integer(JsonPlace at)
    {
        Expect(JsonTokenType.Number, at, "a whole number");
        if (_reader.TryGetInt64(out var value))
            return value;
        var real = _reader.GetDouble();
        return Math.Abs(real) < 1L << 53 && real == Math.Floor(real) ? (long)real
            : throw Unexpected(at, "a whole number");
    }

    public readonly bool Flag(JsonPlace at) => _reader.TokenType switch
    {
        JsonTokenType.True => true,
        JsonTokenType.False => false,
        _ => Integer(at) switch { 0 => false, 1 => true, _ => throw Unexpected(at, "0 or 1") },
    };

    private readonly DatasetException Unexpected(JsonPlace at, string expected) =>
        text.Place(at with { Offset = Offset }).Error(
        $"found {Found()} where {expected} belongs", "Correct the value, or export the annotations again.");

    private readonly string Found()
    {
        if (_reader.TokenType is JsonTokenType.StartArray or JsonTokenType.StartObject)
            return _reader.TokenType == JsonTokenType.StartArray ? "a list" : "an object";
        var value = Encoding.UTF8.GetString(_reader.ValueSpan);
        var quoted = value.Length <= QuotedLength ? value : value[..QuotedLength] + "...";
        return _reader.TokenType == JsonTokenType.String ? $"the text \"{quoted}\"" : quoted;
    }
}
