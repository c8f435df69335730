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
        var inner = InnerSize(image.Width, image.Height);
        return inner == (image.Width, image.Height)
            ? Framed(image, (image.Width, image.Height))
            : Bring(image.Pixels, image.Width, image.Height, (image.Width, image.Height));
    }

    /// <summary><see cref="Apply"/> for pixels [height, width, 3] of a picture that may have been decoded smaller than the
    /// original.</summary>
    internal ResizedImage Bring(
        ReadOnlySpan<byte> pixels, int width, int height, (int Width, int Height) original)
    {
        var inner = InnerSize(original.Width, original.Height);
        return Framed(Resampler.Resample(pixels, width, height, inner.Width, inner.Height), original);
    }

    private ResizedImage Framed(RgbImage inner, (int Width, int Height) original)
    {
        var transform = TransformFor(original.Width, original.Height);
        var framed = inner.Width == Width && inner.Height == Height ? inner
            : Pad(inner, (int)transform.OffsetX, (int)transform.OffsetY);
        return new(framed, transform) { Original = original };
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

    /// <summary>Pixels that the picture itself takes, without bars.</summary>
    internal (int Width, int Height) InnerSize(int originalWidth, int originalHeight)
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
