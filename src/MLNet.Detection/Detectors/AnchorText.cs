using System.IO.Compression;
using System.Runtime.InteropServices;
using MLNet.Detection.Boxes;

namespace MLNet.Detection.Detectors;

/// <summary>
/// Anchors as text of a metadata entry: their 16 bytes each, all first bytes first, compressed. Anchors of a grid take a fiftieth
/// of their bytes so. Files of before hold the bytes as they are.
/// </summary>
internal static class AnchorText
{
    private const string Compressed = "zlib,";

    // A detector of pictures of 2,000 x 2,000 has a million.
    private const int Bytes = 16, Most = 1 << 21;

    public static string Write(IReadOnlyList<Box> anchors)
    {
        var bytes = MemoryMarshal.AsBytes<Box>(anchors.ToArray());
        using var text = new MemoryStream();
        using (var zlib = new ZLibStream(text, CompressionLevel.SmallestSize))
            zlib.Write(Transposed(bytes, anchors.Count));
        return Compressed + Convert.ToBase64String(text.ToArray());
    }

    /// <exception cref="FormatException">The text is none of this form.</exception>
    public static Box[] Read(string text)
    {
        var bytes = text.StartsWith(Compressed, StringComparison.Ordinal) ? Inflated(text[Compressed.Length..])
            : Convert.FromBase64String(text);
        return bytes.Length > 0 && bytes.Length % Bytes == 0 ? MemoryMarshal.Cast<byte, Box>(bytes).ToArray()
            : throw new FormatException($"{bytes.Length} bytes are no list of boxes");
    }

    private static byte[] Inflated(string text)
    {
        using var zlib = new ZLibStream(new MemoryStream(Convert.FromBase64String(text)), CompressionMode.Decompress);
        using var all = new MemoryStream();
        var part = new byte[1 << 16];
        try
        {
            for (int read; (read = zlib.Read(part)) > 0;)
            {
                all.Write(part.AsSpan(0, read));
                if (all.Length > (long)Most * Bytes)
                    throw new FormatException($"there are more than {Most} boxes");
            }
        }
        catch (InvalidDataException error)
        {
            throw new FormatException($"the compressed boxes are damaged: {error.Message}", error);
        }
        return Transposed(all.ToArray(), Bytes);
    }

    // Rows of any length become columns of that many rows: twice, with both lengths, gives what there was.
    private static byte[] Transposed(ReadOnlySpan<byte> bytes, int rows)
    {
        var (columns, turned) = (rows == 0 ? 0 : bytes.Length / rows, new byte[bytes.Length]);
        for (var row = 0; row < rows; row++)
            for (var column = 0; column < columns; column++)
                turned[column * rows + row] = bytes[row * columns + column];
        return turned;
    }
}
