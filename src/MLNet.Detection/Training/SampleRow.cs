using MLNet.Detection.Masks;
using MLNet.Detection.Boxes;
using MLNet.Detection.Data;
using MLNet.Detection.Heads;
using MLNet.Detection.Images;
using MLNet.Detection.Interop;

namespace MLNet.Detection.Training;

/// <summary>One row of the training data, as read.</summary>
/// <param name="Name">File name, or the row's number.</param>
/// <param name="Row">Row of the view, from 0.</param>
/// <param name="Image">The picture.</param>
/// <param name="Boxes">Objects, in original pixels or parts of the picture.</param>
/// <param name="Classes">The class of each box, from 0; <see cref="NoLabel"/>, or -1 for one that the detector does not
/// have.</param>
/// <param name="Ignored">Whether each box is a crowd or difficult.</param>
/// <param name="Areas">Area of each object, square pixels; empty where the data has none: the box's.</param>
internal sealed record SampleRow(string Name, long Row, RowPicture Image, Box[] Boxes, int[] Classes, bool[] Ignored,
    float[] Areas)
{
    /// <summary>What each pixel of the picture shows; null where the data has only boxes.</summary>
    public LabelMap? Map { get; init; }

    /// <summary>Whether the row is this rank's; of others the picture is not read.</summary>
    public bool IsOwn { get; init; } = true;

    /// <summary>What a missing key says: something is there, nobody knows what.</summary>
    public const int NoLabel = -2;

    /// <summary>
    /// Boxes at the network's size. A box without a label or area is not learnt; one of another class is background.
    /// </summary>
    /// <param name="transform">From original pixels to the network's.</param>
    /// <param name="boxes">The boxes in original pixels, inside the picture; null for one that is left out.</param>
    /// <param name="area">What areas are multiplied by to be square pixels.</param>
    public Sample ToSample(ResizeTransform transform, Box?[] boxes, double area)
    {
        int[] all = [.. Enumerable.Range(0, boxes.Length).Where(i => boxes[i] is not null && Classes[i] != -1)];
        var scaled = boxes.Select(box => transform.ToNetwork(box ?? default)).ToArray();
        var learnt = all.Where(i => !Ignored[i] && Classes[i] >= 0 && scaled[i].IsProper).ToArray();
        var ignored = all.Where(i => (Ignored[i] || Classes[i] < 0) && scaled[i].IsProper);
        var annotated = all.Where(i => Classes[i] >= 0).Select(i => new LabeledBox(boxes[i]!.Value, Classes[i],
            i < Areas.Length ? Areas[i] * area : BoxArea(boxes[i]!.Value), Crowd: Ignored[i]));
        return new(Name, Row, [.. learnt.Select(i => scaled[i])], [.. learnt.Select(i => Classes[i])],
            [.. ignored.Select(i => scaled[i])], [.. annotated], transform);
    }

    private static double BoxArea(Box box) => Evaluation.BoxXywh.FromBox(box).Area;
}
