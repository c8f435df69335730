using System.Buffers.Binary;
using System.IO.Compression;

namespace MLNet.Detection.Masks;

/// <summary>Writes maps of labels as PNG: classes in 8 bits with Pascal VOC's palette, objects as grey values of 16
/// bits.</summary>
public static class LabelPngWriter
{
    private static readonly uint[] Checksums = [.. Enumerable.Range(0, 256).Select(n =>
    {
        var c = (uint)n;
        for (var k = 0; k < 8; k++)
            c = (c & 1) != 0 ? 0xEDB88320 ^ c >> 1 : c >> 1;
        return c;
    })];

    /// <summary>The classes of a map.</summary>
    public static byte[] Classes(LabelMap map)
    {
        var palette = new byte[3 * 256];
        for (var i = 0; i < 256; i++)
            for (var (bits, shift) = (i, 7); bits > 0; (bits, shift) = (bits >> 3, shift - 1))
                for (var c = 0; c < 3; c++)
                    palette[3 * i + c] |= (byte)((bits >> c & 1) << shift);
        return Png(map.Width, map.Height, 8, 3, palette, map.Classes);
    }

    /// <summary>The objects of a map.</summary>
    /// <exception cref="InvalidOperationException">It does not tell objects apart.</exception>
    public static byte[] Instances(LabelMap map)
    {
        var objects = map.Instances ?? throw new InvalidOperationException("The map does not tell objects apart.");
        var rows = new byte[2 * objects.Length];
        for (var i = 0; i < objects.Length; i++)
            BinaryPrimitives.WriteUInt16BigEndian(rows.AsSpan(2 * i), objects[i]);
        return Png(map.Width, map.Height, 16, 0, [], rows);
    }

    private static byte[] Png(int width, int height, byte bits, byte color, byte[] palette, byte[] rows)
    {
        using var file = new MemoryStream();
        file.Write([0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10]);
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        (header[8], header[9]) = (bits, color);
        Chunk(file, "IHDR"u8, header);
        if (palette.Length > 0)
            Chunk(file, "PLTE"u8, palette);
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Optimal, leaveOpen: true))
            foreach (var row in rows.Chunk(rows.Length / height))
            {
                zlib.WriteByte(0);
                zlib.Write(row);
            }
        Chunk(file, "IDAT"u8, packed.ToArray());
        Chunk(file, "IEND"u8, []);
        return file.ToArray();
    }

    private static void Chunk(Stream file, ReadOnlySpan<byte> type, byte[] content)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, content.Length);
        file.Write(number);
        byte[] both = [.. type, .. content];
        file.Write(both);
        var sum = both.Aggregate(0xFFFFFFFFu, (c, b) => Checksums[(c ^ b) & 0xFF] ^ c >> 8) ^ 0xFFFFFFFFu;
        BinaryPrimitives.WriteUInt32BigEndian(number, sum);
        file.Write(number);
    }
}
