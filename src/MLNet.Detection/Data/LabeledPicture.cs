using MLNet.Detection.Augmentation;
using MLNet.Detection.Images;

namespace MLNet.Detection.Data;

/// <summary>Decoded pixels with their labels; boxes in pixels of this picture.</summary>
/// <param name="Image">The pixels.</param>
/// <param name="Boxes">The objects.</param>
public sealed record LabeledPicture(RgbImage Image, IReadOnlyList<LabeledBox> Boxes)
{
    /// <summary>The picture in another size, with its boxes.</summary>
    public LabeledPicture Resize(ImageResize resize)
    {
        var (image, transform) = resize.Apply(Image);
        return new(image, [.. Boxes.Select(label => label with
        {
            Box = transform.ToNetwork(label.Box), Area = label.Area * transform.ScaleX * transform.ScaleY,
        })]);
    }

    /// <summary>The boxes moved by (left, top), as they are when the picture is laid on a larger one there.</summary>
    internal IEnumerable<LabeledBox> BoxesAt(int left, int top) =>
        Boxes.Select(label => label with { Box = label.Box.Offset(left, top) });
}
