using System.Globalization;
using MLNet.Detection.Detectors;
using MLNet.Detection.Images;
using OnnxGraphs.Models;

namespace MLNet.Detection.Training;

/// <summary>
/// Pictures of several sizes: each step takes its whole batch in one of them, by chance. Redmon and Farhadi 2016, section 2,
/// https://arxiv.org/abs/1612.08242. The sizes are multiples of the network's coarsest stride; each has a step of its own in
/// memory, all on the same weights.
/// </summary>
/// <param name="Smallest">The smallest size, as a part of the network's own.</param>
/// <param name="Largest">The largest size, as a part of the network's own.</param>
/// <param name="Count">How many sizes there are from the one to the other, evenly; two that are the same multiple of the
/// stride are one.</param>
public sealed record MultiScale(double Smallest = 0.5, double Largest = 1.5, int Count = 5)
{
    /// <summary>The sizes themselves, in pixels, in place of parts; empty for none.</summary>
    public IReadOnlyList<(int Width, int Height)> Sizes { get; init; } = [];

    /// <summary>Reads <c>0.5:1.5</c> (parts), <c>0.5:1.5:9</c> (and how many sizes), or sizes, <c>320,416,512</c> or
    /// <c>320x256,640x512</c>.</summary>
    /// <exception cref="ArgumentException">The text is none of these.</exception>
    public static MultiScale Parse(string text)
    {
        var parts = text.Split(':');
        if (parts.Length is 2 or 3)
            return Number(parts[0], out var smallest) && Number(parts[1], out var largest) && smallest > 0 && smallest < largest
                && (parts.Length == 2 ? "5" : parts[2]) is var third
                && int.TryParse(third, CultureInfo.InvariantCulture, out var count)
                && count > 1 ? new(smallest, largest, count) : throw Unreadable(text);
        (int Width, int Height)[] sizes =
        [
            .. text.Split(',').Select(size => !size.Contains('x')
                ? int.TryParse(size, CultureInfo.InvariantCulture, out var side) && side > 0 ? (side, side) : throw Unreadable(text)
                : ImageInput.ParseSize(size)),
        ];
        return sizes.Distinct().Count() > 1 ? new() { Sizes = sizes } : throw Unreadable(text);
    }

    /// <inheritdoc/>
    public override string ToString() => Sizes.Count > 0
        ? string.Join(',', Sizes.Select(size => $"{size.Width}x{size.Height}"))
        : FormattableString.Invariant($"{Smallest}:{Largest}:{Count}");

    /// <summary>The detector at all sizes, small ones first.</summary>
    /// <exception cref="ModelException">The detector does not take pictures of other sizes.</exception>
    /// <exception cref="ArgumentException">There is one size only.</exception>
    internal IReadOnlyList<DetectorModel> Of(DetectorModel detector)
    {
        var scaled = new ScaledDetector(detector);
        var sizes = (Sizes.Count > 0 ? Sizes : Enumerable.Range(0, Count).Select(i =>
            Smallest + (Largest - Smallest) * i / (Count - 1)).Select(part =>
                (Multiple(part * detector.Resize.Width, scaled.Stride.X),
                    Multiple(part * detector.Resize.Height, scaled.Stride.Y))))
            .Distinct().OrderBy(size => (long)size.Item1 * size.Item2).ToList();
        return sizes.Count > 1 ? [.. sizes.Select(size => scaled.At(size.Item1, size.Item2))]
            : throw new ArgumentException($"Options.{nameof(FineTuneTrainer.Options.MultiScale)} is {this}, of which only "
                + $"{sizes[0].Item1} x {sizes[0].Item2} is a multiple of the network's stride {scaled.Stride.X}; give a wider "
                + "range (--multi-scale), or none.");
    }

    private static int Multiple(double side, float stride) => (int)Math.Round(Math.Max(1, Math.Round(side / stride)) * stride);

    private static bool Number(string text, out double number) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number);

    private static ArgumentException Unreadable(string text) => new($"The sizes of pictures are '{text}'; expected parts of the "
        + "network's size such as 0.5:1.5 (or 0.5:1.5:9, nine sizes), or two and more sizes in pixels such as 320,416,512 or "
        + "320x256,640x512.");
}
