using System.Buffers.Binary;
using System.IO.Compression;
using MLNet.Detection.Images;

namespace MLNet.Detection.Masks;

/// <summary>
/// The numbers in a PNG as they are stored, which decoders of pictures do not give: indices into a palette, grey values
/// of
/// 1 to 16 bits, and colours as 0xRRGGBB. Transparency is left out. https://www.w3.org/TR/png-3/
/// </summary>
public static class LabelPng
{
    private const int Grey = 0, Rgb = 2, Palette = 3, GreyAlpha = 4, Rgba = 6;

    private static readonly (int X, int Y, int StepX, int StepY)[] Whole = [(0, 0, 1, 1)];

    // Adam7: an eighth of the picture first, then what lies between.
    private static readonly (int X, int Y, int StepX, int StepY)[] Interlaced =
        [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)];

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="limits">How large a picture may be.</param>
    /// <exception cref="UnreadableImageException">It does not exist, is no PNG, is damaged, or too large.</exception>
    public static StoredNumbers ReadFile(string path, ImageDecoderOptions? limits = null)
    {
        try
        {
            return Read(File.ReadAllBytes(path), path, limits);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UnreadableImageException(path, $"the mask cannot be read ({error.Message.TrimEnd('.')})", error);
        }
    }

    /// <summary>Reads the bytes of a file.</summary>
    /// <param name="file">The bytes.</param>
    /// <param name="name">The file's name, for the error.</param>
    /// <param name="limits">How large a picture may be.</param>
    /// <exception cref="UnreadableImageException">They are no PNG, are damaged, or hold too many pixels.</exception>
    public static StoredNumbers Read(byte[] file, string name, ImageDecoderOptions? limits = null)
    {
        if (!ImageSignature.IsPng(file))
            throw new UnreadableImageException(name, "a mask must be a PNG; other pictures, JPEG above all, do not keep the "
                + "numbers of their pixels. Convert it");
        try
        {
            return Decode(file, name, limits ?? new());
        }
        catch (Exception error) when (error is InvalidDataException or EndOfStreamException or ArgumentOutOfRangeException
            or IndexOutOfRangeException or OverflowException)
        {
            throw new UnreadableImageException(name, $"the PNG is damaged or breaks off ({error.Message.TrimEnd('.')})", error);
        }
    }

    private static StoredNumbers Decode(byte[] file, string name, ImageDecoderOptions limits)
    {
        var (header, data, palette) = (Array.Empty<byte>(), new MemoryStream(), Array.Empty<byte>());
        for (var at = 8; at + 8 <= file.Length;)
        {
            var length = checked((int)BinaryPrimitives.ReadUInt32BigEndian(file.AsSpan(at)));
            Span<byte> type = file.AsSpan(at + 4, 4), content = file.AsSpan(at + 8, length);
            if (type.SequenceEqual("IHDR"u8))
                header = content.ToArray();
            else if (type.SequenceEqual("PLTE"u8))
                palette = content.ToArray();
            else if (type.SequenceEqual("IDAT"u8))
                data.Write(content);
            at += length + 12;
        }
        if (header.Length != 13)
            throw new InvalidDataException("its header is missing");
        var (width, height) = (BinaryPrimitives.ReadInt32BigEndian(header), BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(4)));
        if (width <= 0 || height <= 0)
            throw new InvalidDataException($"it says it is {width} x {height} pixels");
        if (limits.Problem("PNG", width, height) is { } problem)
            throw new UnreadableImageException(name, problem);
        // Deflate makes at most 1032 bytes of one: memory is taken only for pixels that can be there. A bit a pixel is the least.
        if ((long)width * height / 8 > 1032 * data.Length)
            throw new InvalidDataException($"it says it is {width} x {height} pixels, and has {data.Length} bytes for them");
        data.Position = 0;
        var (bits, color) = (header[8], header[9]);
        var numbers = new int[width * height];
        using var inflated = new ZLibStream(data, CompressionMode.Decompress);
        foreach (var pass in header[12] == 0 ? Whole : Interlaced)
            ReadPass(inflated, numbers, width, height, bits, color, pass);
        return new(width, height, numbers, color is Rgb or Rgba ? StoredKind.Color
            : color == Palette ? StoredKind.Palette : StoredKind.Grey, bits) { Palette = Colors(palette) };
    }

    private static void ReadPass(Stream stream, int[] numbers, int width, int height, int bits, int color,
        (int X, int Y, int StepX, int StepY) pass)
    {
        var (columns, rows) = ((width - pass.X + pass.StepX - 1) / pass.StepX, (height - pass.Y + pass.StepY - 1) / pass.StepY);
        if (columns <= 0 || rows <= 0)
            return;
        var samples = color switch
        {
            Grey or Palette => 1, GreyAlpha => 2, Rgb => 3, Rgba => 4,
            _ => throw new InvalidDataException($"its colour type is {color}"),
        };
        if (bits is not (1 or 2 or 4 or 8 or 16))
            throw new InvalidDataException($"it has {bits} bits a sample");
        var pixel = Math.Max(1, samples * bits / 8);
        byte[] row = new byte[(columns * samples * bits + 7) / 8], above = new byte[row.Length];
        for (var y = 0; y < rows; y++)
        {
            var filter = stream.ReadByte();
            stream.ReadExactly(row);
            Unfilter(filter, row, above, pixel);
            for (var x = 0; x < columns; x++)
                numbers[(pass.Y + y * pass.StepY) * width + pass.X + x * pass.StepX] = samples < 3
                    ? Sample(row, x * samples, bits)
                    : Top(row, x * samples, bits) << 16 | Top(row, x * samples + 1, bits) << 8
                        | Top(row, x * samples + 2, bits);
            (row, above) = (above, row);
        }
    }

    private static int Sample(byte[] row, int index, int bits) => bits switch
    {
        16 => row[2 * index] << 8 | row[2 * index + 1],
        8 => row[index],
        _ => row[index * bits / 8] >> (8 - bits - index * bits % 8) & (1 << bits) - 1,
    };

    // Of colours of 16 bits the upper 8.
    private static int Top(byte[] row, int index, int bits) => bits == 16 ? row[2 * index] : row[index];

    private static void Unfilter(int filter, byte[] row, byte[] above, int pixel)
    {
        for (var i = 0; i < row.Length; i++)
        {
            int left = i < pixel ? 0 : row[i - pixel], up = above[i], corner = i < pixel ? 0 : above[i - pixel];
            row[i] += (byte)(filter switch
            {
                0 => 0, 1 => left, 2 => up, 3 => (left + up) / 2, 4 => Paeth(left, up, corner),
                -1 => throw new EndOfStreamException("a row is missing"),
                _ => throw new InvalidDataException($"a row has the filter {filter}"),
            });
        }
    }

    private static int Paeth(int left, int up, int corner)
    {
        var estimate = left + up - corner;
        var (a, b, c) = (Math.Abs(estimate - left), Math.Abs(estimate - up), Math.Abs(estimate - corner));
        return a <= b && a <= c ? left : b <= c ? up : corner;
    }

    private static int[] Colors(byte[] palette) => [.. Enumerable.Range(0, palette.Length / 3)
        .Select(i => palette[3 * i] << 16 | palette[3 * i + 1] << 8 | palette[3 * i + 2])];
}
