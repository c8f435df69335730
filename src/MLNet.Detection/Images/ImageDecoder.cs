using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;

namespace MLNet.Detection.Images;

/// <summary>
/// Decodes JPEG, to the very pixels of libjpeg-turbo, and PNG, with the <c>DecodeImage</c> operator of ONNX Runtime's
/// extensions. Grey, palette and transparent pictures come out as red, green, blue; transparency is dropped. Pictures
/// are turned upright as their EXIF data say, and refused before decoding when they are too large, both as
/// <see cref="ImageDecoderOptions"/> says. Any number of threads may decode at once.
/// </summary>
/// <param name="options">How to decode.</param>
public sealed class ImageDecoder(ImageDecoderOptions options) : IDisposable
{
    private readonly InferenceSession _session = PictureModel.Open("DecodeImage", 1, 3, ("color_space", "rgb"));
    private readonly RunOptions _run = new() { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL };

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

    /// <summary>Decodes a picture in memory.</summary>
    /// <param name="encoded">The bytes of a JPEG or PNG file.</param>
    /// <param name="name">The file's name, for the error.</param>
    /// <exception cref="UnreadableImageException">
    /// The bytes are no picture, break off, or hold more pixels than <see cref="ImageDecoderOptions.MaxPixels"/>.
    /// </exception>
    public RgbImage Decode(ReadOnlyMemory<byte> encoded, string name)
    {
        try
        {
            if (ImageSignature.IsJpeg(encoded.Span))
                return JpegDecoder.Decode(encoded.Span, options);
            if (!ImageSignature.IsPng(encoded.Span))
                throw new UnreadableImageException(name, ImageSignature.Foreign(encoded.Span));
            if (PngCheck.Problem(encoded.Span) is { } problem)
                throw new UnreadableImageException(name, problem);
            return DecodePng(encoded, name);
        }
        catch (InvalidDataException error)
        {
            throw new UnreadableImageException(name, error.Message, error);
        }
        catch (OnnxRuntimeException error)
        {
            throw new UnreadableImageException(
                name, $"the {encoded.Length} bytes are no picture that can be decoded", error);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _run.Dispose();
        _session.Dispose();
    }

    private RgbImage DecodePng(ReadOnlyMemory<byte> encoded, string name)
    {
        // The binding pins the memory and never writes to an input.
        var input = MemoryMarshal.AsMemory(encoded);
        var header = Header(encoded, name);
        options.Admit("PNG", header.StoredWidth, header.StoredHeight);
        using var bytes = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, input, [encoded.Length]);
        using var outputs = _session.Run(_run, ["in"], [bytes], ["out"]);
        var shape = outputs[0].GetTensorTypeAndShape().Shape;
        var stored = new RgbImage((int)shape[1], (int)shape[0], outputs[0].GetTensorDataAsSpan<byte>().ToArray());
        return options.Turn(stored, header.Orientation);
    }

    private static ImageHeader Header(ReadOnlyMemory<byte> encoded, string name)
    {
        var bytes = MemoryMarshal.TryGetArray(encoded, out var array) ? array : encoded.ToArray();
        using var stream = new MemoryStream(bytes.Array!, bytes.Offset, bytes.Count, writable: false);
        return ImageHeader.Read(stream, name);
    }
}
