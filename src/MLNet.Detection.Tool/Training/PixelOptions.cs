using System.CommandLine;
using System.Globalization;
using MLNet.Detection.Images;

namespace MLNet.Detection.Tool.Training;

/// <summary>What the options say of the pictures that a model takes.</summary>
internal sealed class PixelOptions(ParseResult given, Settings settings)
{
    public (int Width, int Height)? Size() =>
        given.GetValue(settings.ImageSize) is { } size ? ImageInput.ParseSize(size) : null;

    public ChannelOrder? Colors() => given.GetValue(settings.Colors) switch
    {
        null => null, "rgb" => ChannelOrder.Rgb, "bgr" => ChannelOrder.Bgr,
        var other => throw new ArgumentException($"--colors is '{other}'; expected rgb or bgr."),
    };

    // y = (pixel - mean) scale, as the programs say it that run detectors.
    public Normalization? Normalization()
    {
        var (name, mean, scale) = (given.GetValue(settings.Normalization), given.GetValue(settings.Mean),
            given.GetValue(settings.Scale));
        if (name is not null && (mean ?? scale) is not null)
            throw new ArgumentException("--normalization is given beside --mean or --scale; give one or the other.");
        if (name is not null)
            return Images.Normalization.Named(name);
        if ((mean ?? scale) is null)
            return null;
        var factors = Numbers("--scale", scale ?? "1");
        return new(Numbers("--mean", mean ?? "0"), new(1 / factors.Red, 1 / factors.Green, 1 / factors.Blue));
    }

    private static ChannelValues Numbers(string option, string text)
    {
        var parts = text.Split(',').Select(part => float.TryParse(part, CultureInfo.InvariantCulture, out var number)
            && float.IsFinite(number) && (option == "--mean" || number != 0) ? number : throw new ArgumentException(
                $"{option} is '{text}'; expected a number, or three for red, green and blue, such as 123.7,116.3,103.5."))
            .ToList();
        return parts.Count switch
        {
            1 => (ChannelValues)parts[0], 3 => new ChannelValues(parts[0], parts[1], parts[2]),
            _ => throw new ArgumentException($"{option} is '{text}'; expected one number or three, found {parts.Count}."),
        };
    }
}
