using System.Globalization;

namespace MLNet.Detection.Images;

/// <summary>How an <see cref="ImageDecoder"/> decodes.</summary>
public sealed record ImageDecoderOptions
{
    private const int BytesOfPixel = 4;

    /// <summary>
    /// What training and scoring take: pictures much larger than the network's input are decoded smaller, with a
    /// <see cref="ReducingGap"/> of 1.5.
    /// </summary>
    public static ImageDecoderOptions Reduced { get; } = new() { ReducingGap = 1.5 };

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

    /// <summary>
    /// Where a picture is brought to a network's size (<see cref="ImageDecoder.DecodeResized"/>): lets a JPEG be
    /// decoded at a half, a quarter or an eighth, where that divides both sides and they stay this many times those of the
    /// network, and resized from there; Pillow's <c>reducing_gap</c>. Above 1; the larger, the nearer to full decoding. Null: always
    /// the full picture, for pixels equal to those of other programs.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Less than 1, or no number.</exception>
    public double? ReducingGap
    {
        get;
        init => field = value is null or >= 1 ? value : throw new ArgumentOutOfRangeException(
            nameof(ReducingGap), value, "A picture is decoded no smaller than the network's input: give 1 or more, or null.");
    }

    /// <summary>What speaks against decoding; null: nothing.</summary>
    internal string? Problem(string format, int width, int height)
    {
        var most = Math.Min(MaxPixels, Array.MaxLength / BytesOfPixel);
        return (long)width * height <= most ? null : string.Create(CultureInfo.InvariantCulture,
            $"the {format} says it is {width} x {height} pixels, more than the {most:N0} of ")
            + $"{nameof(ImageDecoderOptions)}.{nameof(MaxPixels)}";
    }
}
