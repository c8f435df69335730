using MLNet.Detection.Images;

namespace MLNet.Detection.Interop;

/// <summary>The picture of a row: an image file, or the pixels of an <c>MLImage</c>.</summary>
/// <param name="Encoded">The file; empty where there are pixels.</param>
/// <param name="Pixels">The pixels, copied; null where there is a file.</param>
/// <param name="Name">What messages call it.</param>
internal readonly record struct RowPicture(byte[] Encoded, RgbImage? Pixels, string Name)
{
    /// <exception cref="UnreadableImageException">The file is no picture.</exception>
    public RgbImage Decode(ImageDecoder decoder) => Pixels ?? decoder.Decode(Encoded, Name);

    /// <inheritdoc cref="Decode"/>
    public ResizedImage Resized(ImageDecoder decoder, ImageResize resize) =>
        Pixels is null ? decoder.DecodeResized(Encoded, Name, resize) : resize.Apply(Pixels);
}
