using System.Globalization;

namespace MLNet.Detection.Images;

/// <summary>How an <see cref="ImageDecoder"/> decodes.</summary>
public sealed record ImageDecoderOptions
{
    /// <summary>
    /// Whether pictures are turned upright as their EXIF data say, as detectron2, OpenCV and every viewer do, so that
    /// boxes are those of the upright picture. False takes the pixels as stored, as torchvision does.
    /// </summary>
    public bool ApplyOrientation { get; init; } = true;

    /// <summary>
    /// Width times height above which a picture is refused before it is decoded: a file of some kilobytes may promise
    /// gigabytes of pixels. The default is Pillow's, 178,956,970.
    /// </summary>
    public long MaxPixels { get; init; } = 178_956_970;

    internal void Admit(string format, int width, int height)
    {
        if ((long)width * height > MaxPixels)
            throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture,
                $"the {format} says it is {width} x {height} pixels, more than the {MaxPixels:N0} of ")
                + $"{nameof(ImageDecoderOptions)}.{nameof(MaxPixels)}");
    }

    internal RgbImage Turn(RgbImage stored, ImageOrientation orientation) =>
        ApplyOrientation ? Upright.Turn(stored, orientation) : stored;
}
