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
/// <param name="Boxes">Objects, in original pixels.</param>
/// <param name="Labels">The key of each box, from 1; 0 where the label is missing.</param>
/// <param name="Ignored">Whether each box is a crowd or difficult.</param>
/// <param name="Areas">Area of each object, square pixels; empty where the data has none: the box's.</param>
internal sealed record SampleRow(string Name, long Row, RowPicture Image, Box[] Boxes, uint[] Labels, bool[] Ignored,
    float[] Areas)
{
    /// <summary>Boxes at the network's size. A box without a label or area is not learnt.</summary>
    public Sample ToSample(ResizeTransform transform)
    {
        var boxes = Boxes.Select(transform.ToNetwork).ToArray();
        var all = Enumerable.Range(0, boxes.Length).ToArray();
        var learnt = all.Where(i => !Ignored[i] && Labels[i] > 0 && boxes[i].IsProper).ToArray();
        var ignored = all.Where(i => (Ignored[i] || Labels[i] == 0) && boxes[i].IsProper);
        var annotated = all.Where(i => Labels[i] > 0).Select(i =>
            new LabeledBox(Boxes[i], Class(i), i < Areas.Length ? Areas[i] : BoxArea(Boxes[i]), Crowd: Ignored[i]));
        return new(Name, Row, [.. learnt.Select(i => boxes[i])], [.. learnt.Select(Class)],
            [.. ignored.Select(i => boxes[i])], [.. annotated], transform);

        int Class(int i) => (int)Labels[i] - 1;
    }

    private static double BoxArea(Box box) => Evaluation.BoxXywh.FromBox(box).Area;
}
