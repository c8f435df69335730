using SkiaSharp;

namespace MLNet.Detection.Images;

/// <summary>
/// Decodes JPEG (to the very pixels of libjpeg-turbo; CMYK and arithmetic coding too), PNG, WebP, BMP and the first frame
/// of GIF, with SkiaSharp's <c>SKCodec</c>. Grey, palette and transparent pictures come out as red, green, blue; colour
/// profiles are not applied, transparency is dropped. Pictures are turned upright as their EXIF data say, and refused
/// before decoding when they are too large, both as <see cref="ImageDecoderOptions"/> says. Any number of threads may
/// decode at once.
/// </summary>
/// <param name="options">How to decode.</param>
public sealed class ImageDecoder(ImageDecoderOptions options) : IDisposable
{
    private readonly PixelBuffers _buffers = new();

    /// <summary>A decoder with the default options.</summary>
    public ImageDecoder() : this(new())
    {
    }

    /// <summary>Reads and decodes an image file.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="UnreadableImageException">
    /// The file does not exist, cannot be read, or is no picture.
    /// </exception>
    public RgbImage DecodeFile(string path)
    {
        byte[] encoded;
        try
        {
            encoded = File.ReadAllBytes(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UnreadableImageException(
                path, $"the image file cannot be read ({error.Message.TrimEnd('.')})", error);
        }
        return Decode(encoded, path);
    }

    /// <summary>Decodes a picture in memory, at its full size.</summary>
    /// <param name="encoded">The bytes of an image file.</param>
    /// <param name="name">The file's name, for the error.</param>
    /// <exception cref="UnreadableImageException">
    /// The bytes are no picture, are damaged or break off, or hold more pixels than
    /// <see cref="ImageDecoderOptions.MaxPixels"/>.
    /// </exception>
    public RgbImage Decode(ReadOnlyMemory<byte> encoded, string name)
    {
        using var picture = EncodedPicture.Open(encoded, name, options);
        var buffer = picture.Read(picture.Size, _buffers);
        var pixels = GC.AllocateUninitializedArray<byte>(3 * picture.Size.Width * picture.Size.Height);
        PackedPixels.ToRgb(buffer, pixels);
        _buffers.Return(buffer);
        return Upright.Turn(new(picture.Size.Width, picture.Size.Height, pixels), picture.Orientation);
    }

    /// <summary>
    /// Decodes a picture and brings it to the size that a network takes. A large one is decoded smaller where
    /// <see cref="ImageDecoderOptions.ReducingGap"/> allows it; the transform is that of the full picture.
    /// </summary>
    /// <param name="encoded">The bytes of an image file.</param>
    /// <param name="name">The file's name, for the error.</param>
    /// <param name="resize">The size.</param>
    /// <inheritdoc cref="Decode" path="/exception"/>
    public ResizedImage DecodeResized(ReadOnlyMemory<byte> encoded, string name, ImageResize resize)
    {
        using var picture = EncodedPicture.Open(encoded, name, options);
        var size = picture.Reduced(resize, options.ReducingGap);
        var buffer = picture.Read(size, _buffers);
        var pixels = buffer.AsSpan(0, 3 * size.Width * size.Height);
        PackedPixels.ToRgb(buffer, pixels);   // in place: what is written never overtakes what is read
        var resized = picture.Orientation == ImageOrientation.TopLeft
            ? resize.Bring(pixels, size.Width, size.Height, picture.UprightSize)
            : Turned(pixels, size, picture, resize);
        _buffers.Return(buffer);
        return resized;
    }

    /// <summary>Frees the memory that the decoder keeps for the next picture.</summary>
    public void Dispose() => _buffers.Dispose();

    private ResizedImage Turned(ReadOnlySpan<byte> stored, SKSizeI size, EncodedPicture picture, ImageResize resize)
    {
        var buffer = _buffers.Rent(stored.Length);
        var turned = buffer.AsSpan(0, stored.Length);
        Upright.Turn(stored, size.Width, size.Height, picture.Orientation, turned);
        var (width, height) = Upright.Sides(size.Width, size.Height, picture.Orientation);
        var resized = resize.Bring(turned, width, height, picture.UprightSize);
        _buffers.Return(buffer);
        return resized;
    }
}
