using System.Runtime.InteropServices;
using SkiaSharp;

namespace MLNet.Detection.Images;

/// <summary>
/// Encodes pictures with SkiaSharp. Any number of threads may encode at once.
/// </summary>
/// <param name="format">What to write.</param>
public sealed class ImageEncoder(ImageFormat format) : IDisposable
{
    // Measured in benchmarks/README.md: one row filter and zlib's level 1 keep a PNG small enough at a tenth of the time.
    private static readonly SKPngEncoderOptions Png = new(SKPngEncoderFilterFlags.Up, 1);

    private readonly PixelBuffers _buffers = new();

    /// <summary>What the bytes are.</summary>
    public ImageFormat Format { get; } = format;

    /// <summary>Quality of a JPEG, 1 to 100.</summary>
    public int Quality { get; init; } = 95;

    /// <summary>The usual ending of a file name, with its dot.</summary>
    public string Extension => Format == ImageFormat.Png ? ".png" : ".jpg";

    /// <summary>The media type of the bytes, as in data URIs.</summary>
    public string MediaType => Format == ImageFormat.Png ? "image/png" : "image/jpeg";

    /// <summary>The bytes of a file with this picture.</summary>
    /// <param name="image">The picture.</param>
    /// <exception cref="InvalidOperationException">The format does not hold a picture of this size; JPEG takes sides of at
    /// most 65,500 pixels.</exception>
    public byte[] Encode(RgbImage image)
    {
        var info = new SKImageInfo(image.Width, image.Height, SKColorType.Rgba8888, SKAlphaType.Opaque);
        var buffer = _buffers.Rent(info.BytesSize);
        PackedPixels.FromRgb(image.Pixels, buffer);
        var pin = GCHandle.Alloc(buffer, GCHandleType.Pinned);
        try
        {
            using var pixels = new SKPixmap(info, pin.AddrOfPinnedObject());
            using var encoded = Format == ImageFormat.Png ? pixels.Encode(Png) : pixels.Encode(Jpeg);
            return encoded?.ToArray() ?? throw new InvalidOperationException(
                $"A picture of {image.Width} x {image.Height} pixels cannot be encoded as {Format}; make it smaller.");
        }
        finally
        {
            pin.Free();
            _buffers.Return(buffer);
        }
    }

    private SKJpegEncoderOptions Jpeg => new(Quality, SKJpegEncoderDownsample.Downsample420, SKJpegEncoderAlphaOption.Ignore);

    /// <summary>Frees the memory that the encoder keeps for the next picture.</summary>
    public void Dispose() => _buffers.Dispose();
}
