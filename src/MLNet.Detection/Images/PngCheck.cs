using System.Buffers.Binary;

namespace MLNet.Detection.Images;

/// <summary>
/// Walks the chunks of a PNG file (ISO/IEC 15948) and compares their checksums, because libpng prints damage to stderr
/// before it reports it.
/// </summary>
internal static class PngCheck
{
    private const int SignatureLength = 8, Frame = 12;   // a chunk: length, type, data, checksum
    private static readonly uint[] Table = [.. Enumerable.Range(0, 256).Select(Entry)];

    /// <summary>What is wrong, or null.</summary>
    public static string? Problem(ReadOnlySpan<byte> file)
    {
        for (var rest = file[SignatureLength..]; rest.Length >= Frame;)
        {
            var length = BinaryPrimitives.ReadUInt32BigEndian(rest);
            if (length > rest.Length - Frame)
                break;
            var content = rest.Slice(4, 4 + (int)length);
            var checksum = BinaryPrimitives.ReadUInt32BigEndian(rest[(8 + (int)length)..]);
            if (Checksum(content) != checksum)
                return $"the PNG is damaged: a wrong checksum {file.Length - rest.Length} bytes into the file";
            if (content[..4].SequenceEqual("IEND"u8))
                return null;
            rest = rest[(Frame + (int)length)..];
        }
        return "the PNG breaks off";
    }

    private static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var value in bytes)
            crc = Table[(byte)(crc ^ value)] ^ crc >> 8;
        return ~crc;
    }

    private static uint Entry(int value)
    {
        var crc = (uint)value;
        for (var bit = 0; bit < 8; bit++)
            crc = (crc & 1) == 1 ? crc >> 1 ^ 0xEDB88320u : crc >> 1;
        return crc;
    }
}
