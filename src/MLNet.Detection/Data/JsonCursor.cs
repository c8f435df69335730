using System.Text;
using System.Text.Json;

namespace MLNet.Detection.Data;

/// <summary>
/// A forward walk over a JSON file through a bounded buffer, with typed reads whose errors name line and path. The
/// buffer grows only for a single text or number that is longer.
/// </summary>
internal ref struct JsonCursor(JsonSource file, Stream stream)
{
    private const int QuotedLength = 40, BufferLength = 1 << 16;

    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    private byte[] _buffer = new byte[BufferLength];
    private int _filled;
    private long _before;   // bytes of the file in front of the buffer
    private Utf8JsonReader _reader = new([], isFinalBlock: false, default);

    public readonly JsonTokenType Type => _reader.TokenType;

    /// <summary>The byte of the file where the current value starts.</summary>
    public readonly long Offset => _before + _reader.TokenStartIndex;

    /// <summary>Moves to the first value; to the end when called after the last.</summary>
    public bool Read()
    {
        while (!_reader.Read())
        {
            if (_reader.IsFinalBlock)
                return false;
            Refill();
        }
        return true;
    }

    /// <summary>Moves to the end of the current value; false when it is a list or object without content.</summary>
    public bool Skip()
    {
        if (_reader.TokenType is not (JsonTokenType.StartArray or JsonTokenType.StartObject))
            return true;
        var depth = _reader.CurrentDepth;
        var any = false;
        while (Read() && _reader.CurrentDepth > depth)
            any = true;
        return any;
    }

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
        Read();
        if (_reader.TokenType == JsonTokenType.EndObject)
            return null;
        var name = Text(new("$"));
        Read();
        return name;
    }

    /// <summary>Moves to the next element of the array walked; false at its end.</summary>
    public bool NextElement()
    {
        Read();
        return _reader.TokenType != JsonTokenType.EndArray;
    }

    public readonly string String(JsonPlace at)
    {
        Expect(JsonTokenType.String, at, "a text");
        return Text(at);
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

    private readonly string Text(JsonPlace at)
    {
        try
        {
            return _reader.GetString()!;
        }
        catch (InvalidOperationException)   // bytes that are no UTF-8, half of a surrogate pair
        {
            throw Unexpected(at, "a text of whole characters");
        }
    }

    private readonly DatasetException Unexpected(JsonPlace at, string expected) =>
        file.Place(at with { Offset = Offset }).Error(
        $"found {Found()} where {expected} belongs", "Correct the value, or export the annotations again.");

    private readonly string Found()
    {
        if (_reader.TokenType is JsonTokenType.StartArray or JsonTokenType.StartObject)
            return _reader.TokenType == JsonTokenType.StartArray ? "a list" : "an object";
        var value = Encoding.UTF8.GetString(_reader.ValueSpan);
        var quoted = value.Length <= QuotedLength ? value : value[..QuotedLength] + "...";
        return _reader.TokenType == JsonTokenType.String ? $"the text \"{quoted}\"" : quoted;
    }

    private void Refill()
    {
        var rest = _buffer.AsSpan((int)_reader.BytesConsumed, _filled - (int)_reader.BytesConsumed);
        _before += _reader.BytesConsumed;
        var target = rest.Length < _buffer.Length ? _buffer : new byte[2 * _buffer.Length];
        rest.CopyTo(target);
        var read = stream.ReadAtLeast(target.AsSpan(rest.Length), ByteOrderMark.Length, throwOnEndOfStream: false);
        (_buffer, _filled) = (target, rest.Length + read);
        if (_before == 0 && _buffer.AsSpan().StartsWith(ByteOrderMark))
        {
            _buffer.AsSpan(ByteOrderMark.Length, _filled - ByteOrderMark.Length).CopyTo(_buffer);
            (_before, _filled) = (ByteOrderMark.Length, _filled - ByteOrderMark.Length);
        }
        _reader = new(_buffer.AsSpan(0, _filled), isFinalBlock: read == 0, _reader.CurrentState);
    }
}
