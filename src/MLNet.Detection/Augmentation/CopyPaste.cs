using MLNet.Detection.Boxes;
using MLNet.Detection.Data;
using MLNet.Detection.Images;
using MLNet.Detection.Masks;

namespace MLNet.Detection.Augmentation;

/// <summary>
/// Lays objects of another picture on this one, at random places. Where that picture says which pixels an object takes,
/// those alone are laid, else its box. Boxes that are covered too far are dropped. Ghiasi et al. 2021,
/// https://arxiv.org/abs/2012.07177
/// </summary>
/// <param name="MostObjects">The most objects that are laid; one at least, where there is one.</param>
/// <param name="Probability">How often, 0 to 1.</param>
/// <param name="MinVisible">The least part of a box that must stay uncovered for it to stay.</param>
public sealed record CopyPaste(int MostObjects = 3, double Probability = 0.5, double MinVisible = 0.3) : IPictureMix
{
    /// <summary>The most objects that are laid, at least 1.</summary>
    public int MostObjects { get; } = MostObjects > 0 ? MostObjects
        : throw new ArgumentOutOfRangeException(nameof(MostObjects), MostObjects, "Expected at least 1.");

    /// <inheritdoc/>
    public int Others => 1;

    /// <inheritdoc/>
    public LabeledPicture Apply(LabeledPicture picture, IReadOnlyList<LabeledPicture> others, Random random)
    {
        if (random.NextDouble() >= Probability)
            return picture;
        var (other, image) = (others[0], picture.Image);
        LabeledBox[] objects = [.. other.Boxes.Where(label => !label.Crowd && Fits(Pixels(label.Box, other.Image), image))];
        random.Shuffle(objects);
        var result = new Canvas(picture);
        foreach (var label in objects.Take(random.Next(1, MostObjects + 1)))
        {
            var from = Pixels(label.Box, other.Image);
            var (left, top) = (random.Next(image.Width - from.Width + 1), random.Next(image.Height - from.Height + 1));
            result.Paste(other, label, from, left, top, MinVisible);
        }
        return result.Picture();
    }

    private static bool Fits((int Left, int Top, int Width, int Height) part, RgbImage image) =>
        part.Width > 0 && part.Height > 0 && part.Width <= image.Width && part.Height <= image.Height;

    // The pixels that a box touches.
    private static (int Left, int Top, int Width, int Height) Pixels(Box box, RgbImage image)
    {
        var inside = box.Clip(image.Width, image.Height);
        var (left, top) = ((int)inside.X0, (int)inside.Y0);
        return (left, top, (int)Math.Ceiling(inside.X1) - left, (int)Math.Ceiling(inside.Y1) - top);
    }

    private sealed class Canvas(LabeledPicture picture)
    {
        private readonly RgbImage _image = new(picture.Image.Width, picture.Image.Height, [.. picture.Image.Pixels]);
        private readonly byte[]? _classes = picture.Labels is { } map ? [.. map.Classes] : null;
        private readonly ushort[]? _instances = picture.Labels?.Instances is { } objects ? [.. objects] : null;
        private readonly float[]? _weights = picture.Labels?.Weights is { } weights ? [.. weights] : null;
        private List<LabeledBox> _boxes = [.. picture.Boxes];

        public LabeledPicture Picture() => new(_image, _boxes)
        {
            Labels = _classes is null ? null
                : new(_image.Width, _image.Height, _classes) { Instances = _instances, Weights = _weights },
        };

        public void Paste(LabeledPicture other, LabeledBox label, (int Left, int Top, int Width, int Height) from, int left,
            int top, double minVisible)
        {
            var covered = new bool[_image.Width * _image.Height];
            var number = _instances is null ? (ushort)0 : checked((ushort)(_instances.Max() + 1));
            for (var y = 0; y < from.Height; y++)
                for (var x = 0; x < from.Width; x++)
                {
                    var source = (from.Top + y) * other.Image.Width + from.Left + x;
                    if (other.Labels is { } map && map.Classes[source] != label.Category + 1)
                        continue;
                    var to = (top + y) * _image.Width + left + x;
                    other.Image.Pixels.AsSpan(3 * source, 3).CopyTo(_image.Pixels.AsSpan(3 * to));
                    covered[to] = true;
                    Label(to, label.Category, number);
                }
            if (!covered.Contains(true))
                return;
            _boxes = [.. _boxes.Where(own => Cutout.Cover(covered, _image.Width, own.Box) <= 1 - minVisible)];
            var box = label.Box.Clip(other.Image.Width, other.Image.Height).Offset(left - from.Left, top - from.Top);
            _boxes.Add(label with { Box = box, Outline = null });
        }

        private void Label(int place, int category, ushort number)
        {
            if (_classes is not null)
                _classes[place] = (byte)(category + 1);
            if (_instances is not null)
                _instances[place] = number;
            if (_weights is not null)
                _weights[place] = 0;
        }
    }
}
