using MLNet.Detection.Masks;
using MLNet.Detection.Augmentation;
using MLNet.Detection.Images;

namespace MLNet.Detection.Data;

/// <summary>Decoded pixels with their labels; boxes in pixels of this picture.</summary>
/// <param name="Image">The pixels.</param>
/// <param name="Boxes">The objects.</param>
public sealed record LabeledPicture(RgbImage Image, IReadOnlyList<LabeledBox> Boxes)
{
    /// <summary>What each pixel shows, in the size of the picture; null where nobody says it.</summary>
    public LabelMap? Labels { get; init; }

    /// <summary>The picture in another size, with its labels.</summary>
    public LabeledPicture Resize(ImageResize resize)
    {
        var (image, transform) = resize.Apply(Image);
        return new(image, [.. Boxes.Select(label => label with
        {
            Box = transform.ToNetwork(label.Box), Area = label.Area * transform.ScaleX * transform.ScaleY,
        })])
        {
            Labels = Labels?.Fitted(resize),
        };
    }

    /// <summary>The boxes moved by (left, top), as they are when the picture is laid on a larger one there.</summary>
    internal IEnumerable<LabeledBox> BoxesAt(int left, int top) =>
        Boxes.Select(label => label with { Box = label.Box.Offset(left, top) });
}
