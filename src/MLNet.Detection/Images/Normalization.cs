namespace MLNet.Detection.Images;

/// <summary>
/// What a network expects of its pixels: y = (x - mean) / std, x from 0 to 255, planes [3, height, width], or
/// [1, height, width] of grey, whose mean and std are those of red.
/// </summary>
/// <param name="Mean">Subtracted, in units of 0 to 255.</param>
/// <param name="Std">Divided by, in units of 0 to 255.</param>
/// <param name="Order">Which colour is the first plane.</param>
public sealed record Normalization(ChannelValues Mean, ChannelValues Std, ChannelOrder Order = ChannelOrder.Rgb)
{
    /// <summary>Planes of a picture.</summary>
    public int Channels => Order == ChannelOrder.Grey ? 1 : 3;

    /// <summary>The numbers of the pixels themselves, 0 to 255.</summary>
    public static Normalization Pixels { get; } = new(0f, 1f);

    /// <summary>0 to 1.</summary>
    public static Normalization Unit { get; } = new(0f, 255f);

    /// <summary>-1 to 1 as (x - 127) / 128: UltraFace and many SSD exports.</summary>
    public static Normalization Centered { get; } = new(127f, 128f);

    /// <summary>
    /// The mean and standard deviation of ImageNet: torchvision's and most other classification backbones.
    /// </summary>
    public static Normalization ImageNet { get; } =
        new(new(0.485f * 255, 0.456f * 255, 0.406f * 255), new(0.229f * 255, 0.224f * 255, 0.225f * 255));

    /// <summary>The one of a name: pixels, unit, centered or imagenet.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static Normalization Named(string name) => name switch
    {
        "pixels" => Pixels, "unit" => Unit, "centered" => Centered, "imagenet" => ImageNet,
        _ => throw new ArgumentException(
            $"There is no normalization '{name}'; expected pixels, unit, centered or imagenet."),
    };

    /// <summary>In words: "(pixel - 127) / 128, red first".</summary>
    public string ToWords()
    {
        static string Text(ChannelValues values) => values.Red == values.Green && values.Green == values.Blue
            ? FormattableString.Invariant($"{values.Red:0.###}")
            : FormattableString.Invariant($"[{values.Red:0.###}, {values.Green:0.###}, {values.Blue:0.###}]");
        var order = Order switch { ChannelOrder.Rgb => "red first", ChannelOrder.Bgr => "blue first", _ => "grey" };
        var moved = Mean == (ChannelValues)0f ? "pixel" : $"(pixel - {Text(Mean)})";
        return $"{(Std == (ChannelValues)1f ? moved : $"{moved} / {Text(Std)}")}, {order}";
    }

    /// <summary>Writes a picture as the planes that a network takes.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="planes"><see cref="Channels"/> * height * width numbers, channel after channel.</param>
    /// <exception cref="ArgumentException">The span has another length.</exception>
    public void Write(RgbImage image, Span<float> planes)
    {
        if (planes.Length != image.Pixels.Length / 3 * Channels)
            throw new ArgumentException($"A {image.Width} x {image.Height} image fills "
                + $"{image.Pixels.Length / 3 * Channels} numbers, not {planes.Length}.", nameof(planes));
        if (Order == ChannelOrder.Grey)
        {
            WriteGrey(image.Pixels, planes);
            return;
        }
        var (size, first, last) = (planes.Length / 3, Order == ChannelOrder.Rgb ? 0 : 2, Order == ChannelOrder.Rgb ? 2 : 0);
        ColorPlanes.Write(image.Pixels, 0, Mean.Red, Std.Red, planes.Slice(first * size, size));
        ColorPlanes.Write(image.Pixels, 1, Mean.Green, Std.Green, planes.Slice(size, size));
        ColorPlanes.Write(image.Pixels, 2, Mean.Blue, Std.Blue, planes.Slice(last * size, size));
    }

    private void WriteGrey(ReadOnlySpan<byte> pixels, Span<float> grey)
    {
        for (var i = 0; i < grey.Length; i++)
        {
            var pixel = pixels.Slice(3 * i, 3);
            grey[i] = (0.299f * pixel[0] + 0.587f * pixel[1] + 0.114f * pixel[2] - Mean.Red) / Std.Red;
        }
    }
}
