using System.Buffers.Binary;
using System.Text;

namespace OnnxGraphs.Runtime;

/// <summary>The libraries that a library of Linux says it needs: the DT_NEEDED entries of a 64-bit ELF file. System V ABI,
/// chapter 5, https://refspecs.linuxfoundation.org/elf/gabi4+/ch5.dynamic.html</summary>
public static class ElfNeeds
{
    private const int Load = 1, Dynamic = 2, Needed = 1, StringTable = 5, HeaderSize = 56;

    /// <summary>Names such as <c>libcudart.so.13</c>; empty where the file is no such library.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static IReadOnlyList<string> Of(string path)
    {
        using var file = new BinaryReader(File.OpenRead(path));
        // 64 bits, lowest byte first.
        if (file.BaseStream.Length < 64 || !file.ReadBytes(6).AsSpan().SequenceEqual("\u007fELF\u0002\u0001"u8))
            return [];
        var (offset, count) = (Long(file, 0x20), Long(file, 0x38) & 0xFFFF);
        var segments = Enumerable.Range(0, (int)count).Select(i => Segment(file, offset + i * HeaderSize)).ToList();
        if (segments.FirstOrDefault(segment => segment.Type == Dynamic) is not { Size: > 0 } dynamic)
            return [];
        var entries = Enumerable.Range(0, (int)(dynamic.Size / 16))
            .Select(i => (Tag: Long(file, dynamic.Offset + 16 * i), Value: Long(file, dynamic.Offset + 16 * i + 8)))
            .TakeWhile(entry => entry.Tag != 0).ToList();
        var address = entries.First(entry => entry.Tag == StringTable).Value;
        var holder = segments.First(segment => segment.Type == Load && address >= segment.Address
            && address < segment.Address + segment.Size);
        var strings = address - holder.Address + holder.Offset;
        return [.. entries.Where(entry => entry.Tag == Needed).Select(entry => Text(file, strings + entry.Value))];
    }

    private static (int Type, long Offset, long Address, long Size) Segment(BinaryReader file, long at) =>
        ((int)Long(file, at), Long(file, at + 8), Long(file, at + 16), Long(file, at + 32));

    private static long Long(BinaryReader file, long at)
    {
        file.BaseStream.Position = at;
        return BinaryPrimitives.ReadInt64LittleEndian(file.ReadBytes(8));
    }

    private static string Text(BinaryReader file, long at)
    {
        file.BaseStream.Position = at;
        var text = new StringBuilder();
        for (var letter = file.ReadByte(); letter != 0; letter = file.ReadByte())
            text.Append((char)letter);
        return text.ToString();
    }
}
