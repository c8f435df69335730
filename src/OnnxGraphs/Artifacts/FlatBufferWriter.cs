using System.Text;

namespace OnnxGraphs.Artifacts;

/// <summary>
/// Writes a FlatBuffers file from front to back: whatever a table refers to follows it. All numbers are little-endian
/// and lie at multiples of their size. Format: https://flatbuffers.dev/internals/.
/// </summary>
internal sealed class FlatBufferWriter
{
    private readonly MemoryStream _stream = new();
    private readonly BinaryWriter _writer;

    private FlatBufferWriter() => _writer = new(_stream);

    /// <summary>
    /// The file of a root table. A table is an array of its fields by slot; a field is a bool, int, long, float,
    /// string, byte[], long[], another table or an array of tables. Null leaves a field out.
    /// </summary>
    public static byte[] Write(string identifier, object?[] root)
    {
        var file = new FlatBufferWriter();
        file._writer.Write(0);
        file._writer.Write(Encoding.ASCII.GetBytes(identifier));
        file.Refer(0, root);
        return file._stream.ToArray();
    }

    // A reference is the distance from itself forward to its target.
    private void Refer(long from, object target)
    {
        var start = target switch
        {
            string text => Vector(Encoding.UTF8.GetBytes(text + '\0'), Encoding.UTF8.GetByteCount(text)),
            byte[] bytes => Vector(bytes, bytes.Length),
            long[] numbers => Vector(numbers),
            // An array of tables is an array of objects too: it comes first.
            object?[][] tables => Vector(tables),
            object?[] table => Table(table),
            _ => throw new ArgumentException($"No FlatBuffers field holds a {target.GetType().Name}.", nameof(target)),
        };
        _stream.Position = from;
        _writer.Write((uint)(start - from));
        _stream.Position = _stream.Length;
    }

    // The table's list of places (its own size, the table's size, the offset of each field) stands before it.
    private long Table(object?[] fields)
    {
        var (places, size) = Places(fields);
        var list = sizeof(ushort) * (2 + fields.Length);
        Align(sizeof(long), list);
        _writer.Write((ushort)list);
        _writer.Write((ushort)size);
        foreach (var place in places)
            _writer.Write((ushort)place);
        var start = _stream.Position;
        _writer.Write(list);
        _stream.SetLength(start + size);
        var given = places.Zip(fields).Where(pair => pair.Second is not null).ToList();
        foreach (var (place, field) in given)
            Inline(start + place, field!);
        _stream.Position = _stream.Length;
        foreach (var (place, field) in given.Where(pair => IsReference(pair.Second!)))
            Refer(start + place, field!);
        return start;
    }

    // Where each field stands, counted from the table's start; 0 for those left out.
    private static (int[] Places, int Size) Places(object?[] fields)
    {
        var (places, end) = (new int[fields.Length], sizeof(int));
        foreach (var (i, field) in fields.Index())
            if (field is not null)
            {
                var size = field switch { bool => sizeof(bool), long => sizeof(long), _ => sizeof(int) };
                places[i] = (end + size - 1) / size * size;
                end = places[i] + size;
            }
        return (places, end);
    }

    private static bool IsReference(object field) => field is not (bool or int or long or float);

    private void Inline(long place, object field)
    {
        _stream.Position = place;
        switch (field)
        {
            case bool value: _writer.Write(value); break;
            case int value: _writer.Write(value); break;
            case long value: _writer.Write(value); break;
            case float value: _writer.Write(value); break;
        }
    }

    private long Vector(byte[] bytes, int count)
    {
        var start = Count(count, sizeof(int));
        _writer.Write(bytes);
        return start;
    }

    private long Vector(long[] numbers)
    {
        var start = Count(numbers.Length, sizeof(long));
        foreach (var number in numbers)
            _writer.Write(number);
        return start;
    }

    private long Vector(object?[][] tables)
    {
        var start = Count(tables.Length, sizeof(int));
        var first = _stream.Position;
        _writer.Write(new byte[sizeof(int) * tables.Length]);
        foreach (var (i, table) in tables.Index())
            Refer(first + sizeof(int) * i, table);
        return start;
    }

    private long Count(int count, int elementSize)
    {
        Align(elementSize, sizeof(int));
        var start = _stream.Position;
        _writer.Write(count);
        return start;
    }

    // Pads so that what follows the next bytes lies at a multiple of a size.
    private void Align(int size, int nextBytes)
    {
        while ((_stream.Position + nextBytes) % size != 0)
            _writer.Write((byte)0);
    }
}
