using System.Runtime.InteropServices;
using SkiaSharp;

namespace MLNet.Detection.Images;

/// <summary>An image file that was opened and found small enough, before its pixels are decoded.</summary>
internal sealed class EncodedPicture : IDisposable
{
    private readonly SKCodec _codec;
    private readonly string _name, _format;

    private EncodedPicture(SKCodec codec, string name, string format, ImageOrientation orientation) =>
        (_codec, _name, _format, Orientation) = (codec, name, format, orientation);

    /// <summary>As stored.</summary>
    public SKSizeI Size => _codec.Info.Size;

    /// <summary>Of the upright picture.</summary>
    public (int Width, int Height) UprightSize => Upright.Sides(Size.Width, Size.Height, Orientation);

    /// <summary>How the stored pixels are to be turned.</summary>
    public ImageOrientation Orientation { get; }

    /// <exception cref="UnreadableImageException">It is no picture, or promises too many pixels.</exception>
    public static EncodedPicture Open(ReadOnlyMemory<byte> encoded, string name, ImageDecoderOptions options)
    {
        var format = ImageSignature.Format(encoded.Span)
            ?? throw new UnreadableImageException(name, ImageSignature.Foreign(encoded.Span));
        var orientation = options.ApplyOrientation
            ? ImageHeader.Read(encoded, name).Orientation : ImageOrientation.TopLeft;
        using var data = SKData.CreateCopy(encoded.Span);
        var codec = SKCodec.Create(new SKMemoryStream(data), out var result)
            ?? throw new UnreadableImageException(name, Problem(format, result));
        var picture = new EncodedPicture(codec, name, format, orientation);
        if (options.Problem(format, codec.Info.Width, codec.Info.Height) is not { } problem)
            return picture;
        picture.Dispose();
        throw new UnreadableImageException(name, problem);
    }

    /// <summary>
    /// The smallest size, halved up to three times without a remainder, that keeps both sides <paramref name="gap"/> times
    /// those of the resize; as stored where there is none, and for all formats but JPEG.
    /// </summary>
    public SKSizeI Reduced(ImageResize resize, double? gap)
    {
        var inner = resize.InnerSize(UprightSize.Width, UprightSize.Height);
        var (width, height) = Upright.Sides(inner.Width, inner.Height, Orientation);
        for (var part = gap is null || _codec.EncodedFormat != SKEncodedImageFormat.Jpeg ? 1 : 8; part > 1; part /= 2)
            if (Size.Width % part == 0 && Size.Height % part == 0
                && Size.Width >= gap * width * part && Size.Height >= gap * height * part)
                return _codec.GetScaledDimensions(1f / part);
        return Size;
    }

    /// <summary>Pixels, four bytes each, from the start of the buffer.</summary>
    /// <exception cref="UnreadableImageException">The picture is damaged or breaks off.</exception>
    public byte[] Read(SKSizeI size, PixelBuffers buffers)
    {
        var info = new SKImageInfo(size.Width, size.Height, SKColorType.Rgba8888, SKAlphaType.Unpremul);
        var buffer = buffers.Rent(info.BytesSize);
        var pin = GCHandle.Alloc(buffer, GCHandleType.Pinned);
        try
        {
            var result = _codec.GetPixels(info, pin.AddrOfPinnedObject());
            return result == SKCodecResult.Success ? buffer
                : throw new UnreadableImageException(_name, Problem(_format, result));
        }
        finally
        {
            pin.Free();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _codec.Dispose();

    private static string Problem(string format, SKCodecResult result) => result switch
    {
        SKCodecResult.IncompleteInput => $"the {format} breaks off before the picture is complete",
        SKCodecResult.ErrorInInput => $"the {format} is damaged",
        _ => $"the {format} cannot be decoded ({result}): its header is damaged, or it is of a kind that is not supported",
    };
}
