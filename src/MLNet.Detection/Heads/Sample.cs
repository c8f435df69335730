using MLNet.Detection.Masks;
using System.Runtime.InteropServices;
using MLNet.Detection.Boxes;
using MLNet.Detection.Data;
using MLNet.Detection.Images;

namespace MLNet.Detection.Heads;

/// <summary>An image that is ready for training, without its pixels.</summary>
/// <param name="Name">What the image is called in messages.</param>
/// <param name="Row">Row of the data view, from 0.</param>
/// <param name="Truths">The objects to learn, in pixels of the network's input.</param>
/// <param name="Classes">The class of each, from 0.</param>
/// <param name="Ignored">Crowds and difficult objects: neither learnt nor background.</param>
/// <param name="Annotated">All objects with a class as the data has them, in original pixels, for evaluation.</param>
/// <param name="Transform">From original pixels to the network's.</param>
internal sealed record Sample(string Name, long Row, Box[] Truths, int[] Classes, Box[] Ignored, LabeledBox[] Annotated,
    ResizeTransform Transform)
{
    /// <summary>Where chance begins for this sample in this epoch.</summary>
    public int Seed { get; init; }

    /// <summary>What each pixel shows, once the picture has the network's size; null where only boxes are learnt.</summary>
    public LabelMap? Map { get; init; }

    /// <summary>The objects as augmentations take them; those that do not count are crowds.</summary>
    public IReadOnlyList<LabeledBox> Labels() =>
    [
        .. Truths.Zip(Classes, (box, category) => new LabeledBox(box, category, box.Area)),
        .. Ignored.Select(box => new LabeledBox(box, 0, box.Area, Crowd: true)),
    ];

    /// <summary>The sample with the labels of its picture, as an augmentation leaves them.</summary>
    public Sample With(LabeledPicture picture)
    {
        var proper = picture.Boxes.Where(label => label.Box.IsProper).ToList();
        var learnt = proper.Where(label => !label.Crowd).ToList();
        return this with
        {
            Truths = [.. learnt.Select(label => label.Box)], Classes = [.. learnt.Select(label => label.Category)],
            Ignored = [.. proper.Where(label => label.Crowd).Select(label => label.Box)],
            Map = picture.Labels,
        };
    }

    /// <summary>The class of each place from the index of its object; negative numbers stay.</summary>
    public void WriteClasses(ReadOnlySpan<int> matches, Span<long> classes)
    {
        for (var i = 0; i < matches.Length; i++)
            classes[i] = matches[i] < 0 ? matches[i] : Classes[matches[i]];
    }

    /// <summary>The corners of each place's object; 0 where there is none.</summary>
    public void WriteCorners(ReadOnlySpan<int> matches, Span<float> boxes)
    {
        var corners = MemoryMarshal.Cast<float, Box>(boxes);
        for (var i = 0; i < matches.Length; i++)
            corners[i] = matches[i] < 0 ? default : Truths[matches[i]];
    }

    /// <summary>Centre and size of each place's object; 0 where there is none.</summary>
    public void WriteCentres(ReadOnlySpan<int> matches, Span<float> boxes)
    {
        WriteCorners(matches, boxes);
        BoxConversion.Convert(boxes, BoxFormat.Xyxy, BoxFormat.Cxcywh, boxes);
    }

    /// <summary>Corners of each place's object and the quality of its match, five numbers a place.</summary>
    public void WriteCornersAndQualities(ReadOnlySpan<int> matches, ReadOnlySpan<float> qualities, Span<float> boxes)
    {
        var corners = new float[4 * matches.Length];
        WriteCorners(matches, corners);
        for (var i = 0; i < matches.Length; i++)
        {
            corners.AsSpan(4 * i, 4).CopyTo(boxes[(5 * i)..]);
            boxes[5 * i + 4] = qualities[i];
        }
    }
}
