using MLNet.Detection.Boxes;
using MLNet.Detection.Data;

namespace MLNet.Detection.Augmentation;

/// <summary>
/// SSD's crop: draws how much of an object the window must overlap at least, then windows until one does. Boxes stay
/// whose centre is inside; they are clipped to the window. Liu et al. 2016, section 2.2,
/// https://arxiv.org/abs/1512.02325; torchvision's RandomIoUCrop has the same rules.
/// </summary>
/// <param name="MinScale">The smallest window's sides, as parts of the picture's.</param>
/// <param name="MaxScale">The largest window's sides.</param>
/// <param name="MinAspect">The least width by height of a window.</param>
/// <param name="MaxAspect">The greatest width by height of a window.</param>
/// <param name="Attempts">Windows that are tried before the overlap is drawn anew.</param>
public sealed record RandomIouCrop(
    double MinScale = 0.3, double MaxScale = 1, double MinAspect = 0.5, double MaxAspect = 2, int Attempts = 40)
    : IAugmentation
{
    private const int Draws = 100;

    /// <summary>The least overlaps that are drawn from, with equal chances; 1 or more leaves the picture as it
    /// is.</summary>
    public IReadOnlyList<double> Overlaps { get; init; } = [0, 0.1, 0.3, 0.5, 0.7, 0.9, 1];

    /// <inheritdoc/>
    public LabeledPicture Apply(LabeledPicture picture, Random random)
    {
        // A picture without boxes has no window with one; the limit is for boxes that no allowed window fits.
        for (var draw = 0; draw < Draws && picture.Boxes.Count > 0; draw++)
        {
            var least = Overlaps[random.Next(Overlaps.Count)];
            if (least >= 1)
                return picture;
            for (var attempt = 0; attempt < Attempts; attempt++)
                if (Window(picture, least, random) is { } window)
                    return Cut(picture, window);
        }
        return picture;
    }

    private Box? Window(LabeledPicture picture, double least, Random random)
    {
        var (width, height) = (picture.Image.Width, picture.Image.Height);
        var (w, h) = ((int)(width * Scale(random)), (int)(height * Scale(random)));
        if (w == 0 || h == 0 || (double)w / h < MinAspect || (double)w / h > MaxAspect)
            return null;
        var window = Box.FromXywh((int)((width - w) * random.NextDouble()), (int)((height - h) * random.NextDouble()),
            w, h);
        var inside = picture.Boxes.Where(label => HasCenter(window, label.Box)).ToArray();
        return inside.Length > 0
            && inside.Max(label => BoxOverlap.IntersectionOverUnion(label.Box, window)) >= least ? window : null;
    }

    private static LabeledPicture Cut(LabeledPicture picture, Box window)
    {
        var kept = picture with { Boxes = [.. picture.Boxes.Where(label => HasCenter(window, label.Box))] };
        return RandomCrop.Crop(
            kept, (int)window.X0, (int)window.Y0, (int)window.Width, (int)window.Height, minVisible: 0);
    }

    private double Scale(Random random) => MinScale + (MaxScale - MinScale) * random.NextDouble();

    private static bool HasCenter(Box window, Box box) =>
        window.X0 < box.CenterX && box.CenterX < window.X1 && window.Y0 < box.CenterY && box.CenterY < window.Y1;
}
