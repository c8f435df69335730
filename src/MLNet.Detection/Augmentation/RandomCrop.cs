using MLNet.Detection.Boxes;
using MLNet.Detection.Data;
using MLNet.Detection.Images;

namespace MLNet.Detection.Augmentation;

/// <summary>
/// Cuts a window of the picture's own aspect at a random place. Boxes move with it, are clipped to it, and are dropped
/// when too little of them is left to be seen. A window that would lose every box is drawn again, a few times.
/// </summary>
/// <param name="Probability">How often, 0 to 1.</param>
/// <param name="MinScale">The smallest window's side, as a part of the picture's.</param>
/// <param name="MinVisible">The least part of a box's area that must be inside for it to stay.</param>
public sealed record RandomCrop(double Probability = 0.5, double MinScale = 0.5, double MinVisible = 0.3)
    : IAugmentation
{
    private const int Attempts = 10;

    /// <inheritdoc/>
    public LabeledPicture Apply(LabeledPicture picture, Random random)
    {
        if (random.NextDouble() >= Probability)
            return picture;
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var scale = MinScale + (1 - MinScale) * random.NextDouble();
            int width = Side(picture.Image.Width, scale), height = Side(picture.Image.Height, scale);
            var left = random.Next(picture.Image.Width - width + 1);
            var top = random.Next(picture.Image.Height - height + 1);
            var crop = Crop(picture, left, top, width, height, MinVisible);
            if (crop.Boxes.Count > 0 || picture.Boxes.Count == 0)
                return crop;
        }
        return picture;
    }

    /// <summary>The window of a picture and the boxes that stay visible in it.</summary>
    /// <param name="picture">The picture.</param>
    /// <param name="left">The window's first column.</param>
    /// <param name="top">The window's first row.</param>
    /// <param name="width">The window's columns.</param>
    /// <param name="height">The window's rows.</param>
    /// <param name="minVisible">The least part of a box's area that must be inside for it to stay.</param>
    public static LabeledPicture Crop(
        LabeledPicture picture, int left, int top, int width, int height, double minVisible = 0.3)
    {
        var boxes = picture.Boxes
            .Select(label => Move(label, left, top, width, height, minVisible)).OfType<LabeledBox>();
        return new(picture.Image.Window(left, top, width, height), [.. boxes])
        {
            Labels = picture.Labels?.Window(left, top, width, height),
        };
    }

    private static LabeledBox? Move(LabeledBox label, int left, int top, int width, int height, double minVisible)
    {
        Box whole = label.Box.Offset(-left, -top), inside = whole.Clip(width, height);
        var visible = whole.Area > 0 ? inside.Area / whole.Area : 0;
        return visible > 0 && visible >= minVisible ? label with { Box = inside, Area = label.Area * visible } : null;
    }

    private static int Side(int pixels, double scale) => Math.Clamp((int)Math.Round(pixels * scale), 1, pixels);
}
