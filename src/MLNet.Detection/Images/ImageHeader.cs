using System.Buffers.Binary;
using System.Runtime.InteropServices;
using SkiaSharp;

namespace MLNet.Detection.Images;

/// <summary>
/// Size and orientation of a picture, read from the head of its file: nothing is decoded, and of a file on
/// disk little is read.
/// </summary>
/// <param name="StoredWidth">Pixels in a stored row.</param>
/// <param name="StoredHeight">Stored rows.</param>
/// <param name="Orientation">How they are shown, from EXIF data; as stored where there are none.</param>
public sealed record ImageHeader(int StoredWidth, int StoredHeight, ImageOrientation Orientation)
{
    /// <summary>Pixels in a row of the upright picture.</summary>
    public int Width => Upright.ExchangesSides(Orientation) ? StoredHeight : StoredWidth;

    /// <summary>Rows of the upright picture.</summary>
    public int Height => Upright.ExchangesSides(Orientation) ? StoredWidth : StoredHeight;

    /// <summary>Reads the head of an image file.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="UnreadableImageException">
    /// The file does not exist, cannot be read, or is no picture.
    /// </exception>
    public static ImageHeader ReadFile(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            return Read(file, path);
        }
        catch (Exception error) when (error is UnauthorizedAccessException or IOException)
        {
            throw new UnreadableImageException(
                path, $"the image file cannot be read ({error.Message.TrimEnd('.')})", error);
        }
    }

    /// <summary>Reads the head of a picture in a stream that can seek.</summary>
    /// <param name="file">The picture, from its first byte.</param>
    /// <param name="name">The file's name, for the error.</param>
    /// <exception cref="UnreadableImageException">The bytes are no picture, or break off.</exception>
    public static ImageHeader Read(Stream file, string name)
    {
        Span<byte> start = stackalloc byte[ImageSignature.Length];
        start = start[..file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)];
        try
        {
            return ImageSignature.IsJpeg(start) ? ReadJpeg(file)
                : ImageSignature.IsPng(start) ? ReadPng(file)
                : ImageSignature.Format(start) is { } format ? ReadOther(file, format)
                : throw new UnreadableImageException(name, ImageSignature.Foreign(start));
        }
        catch (EndOfStreamException error)
        {
            throw new UnreadableImageException(name, "the picture breaks off in its header", error);
        }
        catch (InvalidDataException error)
        {
            throw new UnreadableImageException(name, error.Message, error);
        }
    }

    internal static ImageHeader Read(ReadOnlyMemory<byte> encoded, string name)
    {
        var bytes = MemoryMarshal.TryGetArray(encoded, out var array) ? array : encoded.ToArray();
        using var stream = new MemoryStream(bytes.Array!, bytes.Offset, bytes.Count, writable: false);
        return Read(stream, name);
    }

    // WebP, GIF and BMP; of these only WebP says how it lies.
    private static ImageHeader ReadOther(Stream file, string format)
    {
        file.Position = 0;
        using var codec = SKCodec.Create(new SKManagedStream(file), out var result)
            ?? throw new InvalidDataException($"the {format} has no header that can be read ({result})");
        return new(codec.Info.Width, codec.Info.Height, (ImageOrientation)(int)codec.EncodedOrigin);
    }

    private static ImageHeader ReadJpeg(Stream file)
    {
        var orientation = ImageOrientation.TopLeft;
        file.Position = 2;
        while (true)
        {
            var marker = NextMarker(file);
            if (marker is 0x01 or (>= 0xD0 and <= 0xD7))
                continue;   // stands alone
            var end = file.Position + BinaryPrimitives.ReadUInt16BigEndian(Take(file, 2));
            if (marker is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC))
            {
                var size = Take(file, 5);   // precision, height, width
                return new(BinaryPrimitives.ReadUInt16BigEndian(size.AsSpan(3)),
                    BinaryPrimitives.ReadUInt16BigEndian(size.AsSpan(1)), orientation);
            }
            if (marker is 0xD9 or 0xDA)
                throw new InvalidDataException("the JPEG has a scan before its frame");
            if (marker == 0xE1 && Exif.OrientationOfJpeg(Take(file, (int)(end - file.Position))) is { } found)
                orientation = found;
            file.Position = end;
        }
    }

    private static ImageHeader ReadPng(Stream file)
    {
        file.Position = 8;
        var size = Take(file, 16);   // length and type of the first chunk, width, height
        if (!size.AsSpan(4, 4).SequenceEqual("IHDR"u8))
            throw new InvalidDataException("the PNG does not begin with its header");
        var width = BinaryPrimitives.ReadUInt32BigEndian(size.AsSpan(8));
        var height = BinaryPrimitives.ReadUInt32BigEndian(size.AsSpan(12));
        if (width is 0 or > int.MaxValue || height is 0 or > int.MaxValue)
            throw new InvalidDataException($"the PNG says it is {width} x {height} pixels");
        return new((int)width, (int)height, PngOrientation(file));
    }

    // EXIF data may stand behind the pixels.
    private static ImageOrientation PngOrientation(Stream file)
    {
        const int HeaderEnd = 33, LengthAndType = 8, Checksum = 4;
        for (file.Position = HeaderEnd; file.Position + LengthAndType <= file.Length;)
        {
            var chunk = Take(file, LengthAndType);
            var length = BinaryPrimitives.ReadUInt32BigEndian(chunk);
            if (chunk.AsSpan(4).SequenceEqual("eXIf"u8) && length <= file.Length - file.Position)
                return Exif.Orientation(Take(file, (int)length)) ?? ImageOrientation.TopLeft;
            // A chunk that is longer than the file has none behind it.
            if (length > file.Length - file.Position)
                break;
            file.Position += length + Checksum;
        }
        return ImageOrientation.TopLeft;
    }

    private static int NextMarker(Stream file)
    {
        while (true)
        {
            while (Byte(file) != 0xFF)
            {
            }
            int marker;
            while ((marker = Byte(file)) == 0xFF)
            {
            }
            if (marker != 0)
                return marker;
        }
    }

    private static int Byte(Stream file) =>
        file.ReadByte() is >= 0 and var value ? value : throw new EndOfStreamException();

    private static byte[] Take(Stream file, int count)
    {
        var bytes = new byte[Math.Max(0, count)];
        file.ReadExactly(bytes);
        return bytes;
    }
}
