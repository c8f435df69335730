using Microsoft.ML.Data;
using MLNet.Detection.Images;

namespace MLNet.Detection.Interop;

/// <summary>
/// Pixels of ML.NET's images. They belong to the row, or to whoever put them there, and are never disposed here. Their
/// colours are multiplied by alpha when they come from a file (<c>MLImage</c> does not say so); that is undone.
/// </summary>
internal static class RowImage
{
    /// <param name="image">Gives the image; what a loader throws for a file that it cannot read is turned into the error of
    /// an unreadable image.</param>
    /// <param name="name">What messages call it.</param>
    /// <exception cref="UnreadableImageException">There is no image, or its source could not read it.</exception>
    public static RowPicture Read(Func<MLImage?> image, string name)
    {
        try
        {
            return new([], ToRgb(image() ?? throw new UnreadableImageException(name, "the row has no image")), name);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException
            or InvalidOperationException)
        {
            throw new UnreadableImageException(name, $"the image cannot be read ({error.Message.TrimEnd('.')})", error);
        }
    }

    /// <summary>A copy of the pixels; alpha is dropped.</summary>
    /// <exception cref="InvalidOperationException">The image was disposed, or has pixels of another kind.</exception>
    public static RgbImage ToRgb(MLImage image)
    {
        var rgb = GC.AllocateUninitializedArray<byte>(checked(3 * image.Width * image.Height));
        PackedPixels.Unpremultiply(image.Pixels, rgb, image.PixelFormat switch
        {
            MLPixelFormat.Bgra32 => true,
            MLPixelFormat.Rgba32 => false,
            var format => throw new InvalidOperationException(
                $"its pixels are {format}; Bgra32 and Rgba32 are supported"),
        });
        return new(image.Width, image.Height, rgb);
    }

    /// <summary>An image of its own with the same pixels.</summary>
    public static MLImage Copy(MLImage image) =>
        MLImage.CreateFromPixels(image.Width, image.Height, image.PixelFormat, image.Pixels);
}
