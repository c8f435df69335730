using MLNet.Detection.Masks;
using MLNet.Detection.Data;
using MLNet.Detection.Images;

namespace MLNet.Detection.Augmentation;

/// <summary>
/// Four pictures around a random point of a new one, each scaled until it covers its quarter and cut at a random place.
/// Boxes move with their picture and are dropped when too little of them is left to be seen. Bochkovskiy et al. 2020
/// (YOLOv4), section 3.3, https://arxiv.org/abs/2004.10934
/// </summary>
/// <param name="Width">Width of the new picture, pixels.</param>
/// <param name="Height">Height of the new picture, pixels.</param>
/// <param name="Probability">How often, 0 to 1.</param>
/// <param name="MinPart">How near the point comes to the border, as a part of the new picture, 0 to 0.5.</param>
/// <param name="MinVisible">The least part of a box's area that must be inside for it to stay.</param>
public sealed record Mosaic(
    int Width, int Height, double Probability = 1, double MinPart = 0.25, double MinVisible = 0.3) : IPictureMix
{
    /// <inheritdoc/>
    public int Others => 3;

    /// <inheritdoc/>
    public LabeledPicture Apply(LabeledPicture picture, IReadOnlyList<LabeledPicture> others, Random random)
    {
        if (random.NextDouble() >= Probability)
            return picture;
        int x = Split(Width, random), y = Split(Height, random);
        (int Left, int Top, int Width, int Height)[] quarters =
            [(0, 0, x, y), (x, 0, Width - x, y), (0, y, x, Height - y), (x, y, Width - x, Height - y)];
        var canvas = RgbImage.Filled(Width, Height, 0, 0, 0);
        var boxes = new List<LabeledBox>();
        var labels = new List<(LabelMap, int, int)>();
        foreach (var (part, (left, top, width, height)) in others.Prepend(picture).Zip(quarters))
        {
            var cover = Cover(part, width, height, random);
            canvas.Draw(cover.Image, left, top);
            boxes.AddRange(cover.BoxesAt(left, top));
            if (cover.Labels is { } own)
                labels.Add((own, left, top));
        }
        return new(canvas, boxes) { Labels = labels.Count == 0 ? null : LabelMap.Joined(Width, Height, labels) };
    }

    private int Split(int side, Random random)
    {
        var part = MinPart + (1 - 2 * MinPart) * random.NextDouble();
        return Math.Clamp((int)Math.Round(side * part), 1, side - 1);
    }

    private LabeledPicture Cover(LabeledPicture picture, int width, int height, Random random)
    {
        var scale = Math.Max((double)width / picture.Image.Width, (double)height / picture.Image.Height);
        var large = picture.Resize(new(
            Math.Max(width, (int)Math.Round(picture.Image.Width * scale)),
            Math.Max(height, (int)Math.Round(picture.Image.Height * scale))));
        return RandomCrop.Crop(
            large, random.Next(large.Image.Width - width + 1), random.Next(large.Image.Height - height + 1),
            width, height, MinVisible);
    }
}
