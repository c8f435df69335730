using Microsoft.ML.OnnxRuntime;

namespace MLNet.Detection.Images;

/// <summary>
/// Decodes JPEG, to the very pixels of libjpeg-turbo, and PNG, with the <c>DecodeImage</c> operator of ONNX Runtime's
/// extensions. Grey, palette and transparent pictures come out as red, green, blue; transparency is dropped, and an
/// orientation in EXIF data is not applied. Any number of threads may decode at once.
/// </summary>
public sealed class ImageDecoder : IDisposable
{
    private readonly InferenceSession _session = PictureModel.Open("DecodeImage", 1, 3, ("color_space", "rgb"));
    private readonly RunOptions _run = new() { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL };

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
    /// <exception cref="UnreadableImageException">The bytes are no picture, or break off.</exception>
    public RgbImage Decode(ReadOnlyMemory<byte> encoded, string name)
    {
        try
        {
            if (ImageSignature.IsJpeg(encoded.Span))
                return JpegDecoder.Decode(encoded.Span);
            if (!ImageSignature.IsPng(encoded.Span))
                throw new UnreadableImageException(name, ImageSignature.Foreign(encoded.Span));
            if (PngCheck.Problem(encoded.Span) is { } problem)
                throw new UnreadableImageException(name, problem);
            return DecodePng(encoded);
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

    private RgbImage DecodePng(ReadOnlyMemory<byte> encoded)
    {
        // The binding pins the memory and never writes to an input.
        var input = System.Runtime.InteropServices.MemoryMarshal.AsMemory(encoded);
        using var bytes = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, input, [encoded.Length]);
        using var outputs = _session.Run(_run, ["in"], [bytes], ["out"]);
        var shape = outputs[0].GetTensorTypeAndShape().Shape;
        return new((int)shape[1], (int)shape[0], outputs[0].GetTensorDataAsSpan<byte>().ToArray());
    }
}
