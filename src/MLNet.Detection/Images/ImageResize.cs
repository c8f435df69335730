namespace MLNet.Detection.Images;

/// <summary>
/// Brings pictures to the size that a network takes. Pixels are centred at halves. An axis that grows is interpolated
/// linearly; an axis that shrinks takes the mean over the area that a pixel covers, which at a whole factor is the mean
/// of the block and does not alias. Values are rounded half up.
/// </summary>
/// <param name="Width">Pixels of the result.</param>
/// <param name="Height">Pixels of the result.</param>
/// <param name="Mode">Stretch or letterbox.</param>
/// <param name="Fill">The grey of the bars of a letterbox, in all three channels.</param>
public sealed record ImageResize(int Width, int Height, ResizeMode Mode = ResizeMode.Stretch, byte Fill = 114)
{
    /// <summary>Pixels of the result.</summary>
    public int Width { get; } = Positive(Width, nameof(Width));

    /// <summary>Pixels of the result.</summary>
    public int Height { get; } = Positive(Height, nameof(Height));

    /// <summary>The resized picture and its transform.</summary>
    /// <param name="image">The original.</param>
    public ResizedImage Apply(RgbImage image)
    {
        var (width, height) = InnerSize(image.Width, image.Height);
        var transform = TransformFor(image.Width, image.Height);
        var inner = Resampler.Resample(image, width, height);
        var fills = width == Width && height == Height;
        return new(fills ? inner : Pad(inner, (int)transform.OffsetX, (int)transform.OffsetY), transform);
    }

    /// <summary>The transform that <see cref="Apply"/> gives a picture of this size, without any pixels.</summary>
    /// <param name="originalWidth">Pixels of the original.</param>
    /// <param name="originalHeight">Pixels of the original.</param>
    public ResizeTransform TransformFor(int originalWidth, int originalHeight)
    {
        var (width, height) = InnerSize(originalWidth, originalHeight);
        return new(
            (float)width / originalWidth, (float)height / originalHeight, (Width - width) / 2, (Height - height) / 2);
    }

    private (int Width, int Height) InnerSize(int originalWidth, int originalHeight)
    {
        if (Mode == ResizeMode.Stretch)
            return (Width, Height);
        var scale = Math.Min((double)Width / originalWidth, (double)Height / originalHeight);
        return (Inner(originalWidth, Width), Inner(originalHeight, Height));

        int Inner(int original, int limit) => Math.Clamp((int)Math.Round(original * scale), 1, limit);
    }

    private RgbImage Pad(RgbImage inner, int left, int top)
    {
        var padded = RgbImage.Filled(Width, Height, Fill, Fill, Fill);
        padded.Draw(inner, left, top);
        return padded;
    }

    private static int Positive(int pixels, string name) =>
        pixels > 0 ? pixels : throw new ArgumentOutOfRangeException(name, pixels, "A picture has at least one pixel.");
}
