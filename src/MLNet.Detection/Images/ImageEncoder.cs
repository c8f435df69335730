using Microsoft.ML.OnnxRuntime;

namespace MLNet.Detection.Images;

/// <summary>
/// Encodes pictures with the <c>EncodeImage</c> operator of ONNX Runtime's extensions. Any number of threads may encode
/// at once.
/// </summary>
public sealed class ImageEncoder : IDisposable
{
    private readonly InferenceSession _session;

    /// <summary>An encoder for one file format.</summary>
    /// <param name="format">The format.</param>
    public ImageEncoder(ImageFormat format)
    {
        Format = format;
        _session = PictureModel.Open(
            "EncodeImage", 3, 1, ("color_space", "rgb"), ("format", format == ImageFormat.Png ? "png" : "jpg"));
    }

    /// <summary>What the bytes are.</summary>
    public ImageFormat Format { get; }

    /// <summary>The usual ending of a file name, with its dot.</summary>
    public string Extension => Format == ImageFormat.Png ? ".png" : ".jpg";

    /// <summary>The media type of the bytes, as in data URIs.</summary>
    public string MediaType => Format == ImageFormat.Png ? "image/png" : "image/jpeg";

    /// <summary>The bytes of a file with this picture.</summary>
    /// <param name="image">The picture.</param>
    public byte[] Encode(RgbImage image)
    {
        using var pixels = OrtValue.CreateTensorValueFromMemory(image.Pixels, [image.Height, image.Width, 3]);
        using var options = new RunOptions();
        using var outputs = _session.Run(options, ["in"], [pixels], ["out"]);
        return outputs[0].GetTensorDataAsSpan<byte>().ToArray();
    }

    /// <inheritdoc/>
    public void Dispose() => _session.Dispose();
}
