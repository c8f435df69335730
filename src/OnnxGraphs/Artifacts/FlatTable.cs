using System.Buffers.Binary;
using System.Text;

namespace OnnxGraphs.Artifacts;

/// <summary>
/// A table of a FlatBuffers file that may be damaged: every place is checked before it is read. Fields are named by
/// their slot. Format: https://flatbuffers.dev/internals/.
/// </summary>
internal readonly struct FlatTable
{
    private readonly ReadOnlyMemory<byte> _file;
    private readonly int _start, _list, _listSize;

    private FlatTable(ReadOnlyMemory<byte> file, int start)
    {
        (_file, _start) = (file, start);
        _list = Place(start - (long)Int32(start));
        _listSize = UInt16(_list);
    }

    /// <summary>The root table.</summary>
    /// <exception cref="FormatException">The file is no such file, or damaged.</exception>
    public static FlatTable Root(ReadOnlyMemory<byte> file, string identifier)
    {
        var found = file.Length < 8 ? "" : Encoding.Latin1.GetString(file.Span.Slice(4, 4));
        return found == identifier ? new(file, Target(file, 0))
            : throw new FormatException($"its identifier is not '{identifier}'");
    }

    /// <summary>Whether the file gives the field.</summary>
    public bool Has(int slot) => Find(slot) > 0;

    /// <summary>A truth value; false where it is left out.</summary>
    public bool Flag(int slot) => Find(slot) is > 0 and var at && Bytes(at, 1)[0] != 0;

    /// <summary>A number; 0 where it is left out.</summary>
    public int Int(int slot) => Find(slot) is > 0 and var at ? Int32(at) : 0;

    /// <inheritdoc cref="Int"/>
    public long Long(int slot) =>
        Find(slot) is > 0 and var at ? BinaryPrimitives.ReadInt64LittleEndian(Bytes(at, sizeof(long))) : 0;

    /// <inheritdoc cref="Int"/>
    public float Float(int slot) =>
        Find(slot) is > 0 and var at ? BinaryPrimitives.ReadSingleLittleEndian(Bytes(at, sizeof(float))) : 0;

    /// <summary>A text.</summary>
    public string Text(int slot) => Encoding.UTF8.GetString(RawBytes(slot));

    /// <summary>A vector of bytes, without a copy.</summary>
    public ReadOnlySpan<byte> RawBytes(int slot) => Elements(slot, 1, out _);

    /// <summary>A vector of 64-bit integers.</summary>
    public long[] Longs(int slot)
    {
        var bytes = Elements(slot, sizeof(long), out _);
        var numbers = new long[bytes.Length / sizeof(long)];
        for (var i = 0; i < numbers.Length; i++)
            numbers[i] = BinaryPrimitives.ReadInt64LittleEndian(bytes[(sizeof(long) * i)..]);
        return numbers;
    }

    /// <summary>Another table.</summary>
    public FlatTable Table(int slot) => new(_file, Target(_file, Required(slot)));

    /// <summary>A vector of tables; none where it is left out.</summary>
    public IEnumerable<FlatTable> Tables(int slot)
    {
        if (!Has(slot))
            yield break;
        var size = Elements(slot, sizeof(int), out var first).Length;
        for (var at = first; at < first + size; at += sizeof(int))
            yield return new(_file, Target(_file, at));
    }

    // The list of places holds its own size, the table's size, and the offset of each field.
    private int Find(int slot)
    {
        var entry = sizeof(ushort) * (2 + slot);
        var offset = entry + sizeof(ushort) <= _listSize ? UInt16(_list + entry) : 0;
        return offset == 0 ? 0 : Place(_start + (long)offset);
    }

    private int Required(int slot) => Find(slot) is > 0 and var at ? at
        : throw new FormatException($"field {slot} is missing");

    private ReadOnlySpan<byte> Elements(int slot, int size, out int first)
    {
        var start = Target(_file, Required(slot));
        first = start + sizeof(int);
        return Bytes(first, (uint)Int32(start) * (long)size);
    }

    private static int Target(ReadOnlyMemory<byte> file, int at)
    {
        var target = at + (long)BinaryPrimitives.ReadUInt32LittleEndian(Bytes(file, at, sizeof(uint)));
        return target + sizeof(int) <= file.Length ? (int)target : throw Outside(target);
    }

    private int Place(long at) => at >= 0 && at < _file.Length ? (int)at : throw Outside(at);

    private int Int32(int at) => BinaryPrimitives.ReadInt32LittleEndian(Bytes(at, sizeof(int)));

    private int UInt16(int at) => BinaryPrimitives.ReadUInt16LittleEndian(Bytes(at, sizeof(ushort)));

    private ReadOnlySpan<byte> Bytes(int at, long count) => Bytes(_file, at, count);

    private static ReadOnlySpan<byte> Bytes(ReadOnlyMemory<byte> file, int at, long count) =>
        at >= 0 && at + count <= file.Length ? file.Span.Slice(at, (int)count) : throw Outside(at + count);

    private static FormatException Outside(long at) => new($"it refers to byte {at}, which lies outside");
}
