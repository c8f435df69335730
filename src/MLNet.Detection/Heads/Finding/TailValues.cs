using MLNet.Detection.Boxes;
using MLNet.Detection.Images;
using OnnxGraphs.Models;

namespace MLNet.Detection.Heads;

/// <summary>What a file's own tail computes, as boxes to compare with.</summary>
internal static class TailValues
{
    /// <summary>The overlap of boxes that are the same up to rounding of floats, and of whole numbers of 8 bits, in which
    /// the tail's own constants are rounded.</summary>
    public const float Floats = 0.99f, WholeNumbers = 0.85f;

    /// <summary>Those of the values that arithmetic made, not layout or activations alone.</summary>
    public static IReadOnlySet<string> Computed(OnnxModel model, IReadOnlyList<string> raw)
    {
        var (behind, computed) = (raw.ToHashSet(), new HashSet<string>());
        foreach (var node in model.Proto.Graph.Node.Where(node => !node.Output.Any(raw.Contains)))
            if (node.Input.Any(behind.Contains))
            {
                behind.UnionWith(node.Output);
                if (node.OpType is "Add" or "Sub" or "Mul" or "Div" or "Exp" || node.Input.Any(computed.Contains))
                    computed.UnionWith(node.Output);
            }
        return computed;
    }

    /// <summary>
    /// The first four columns of rows as boxes in pixels, in each form that they may have: corners, centre and size, or
    /// corners with the other axis first; in pixels or parts of the picture.
    /// </summary>
    public static IReadOnlyList<Box[]> Boxes(float[] rows, int columns, ImageInput input)
    {
        var (numbers, found) = (new float[rows.Length / columns * 4], new List<Box[]>());
        for (var i = 0; i < numbers.Length; i++)
            numbers[i] = rows[i / 4 * columns + i % 4];
        foreach (var (x, y) in ((float, float)[])[(1, 1), (input.Width, input.Height)])
        {
            var corners = BoxConversion.ToBoxes(numbers, BoxFormat.Xyxy);
            found.Add([.. corners.Select(box => box.Scale(x, y))]);
            found.Add([.. BoxConversion.ToBoxes(numbers, BoxFormat.Cxcywh).Select(box => box.Scale(x, y))]);
            found.Add([.. corners.Select(box => new Box(box.Y0 * x, box.X0 * y, box.Y1 * x, box.X1 * y))]);
        }
        return found;
    }

    /// <summary>The share of rows that are the same boxes, as they are or clipped to the picture.</summary>
    /// <param name="boxes">The tail's.</param>
    /// <param name="own">Those decoded here.</param>
    /// <param name="overlap">The overlap from which two boxes are the same.</param>
    /// <param name="slack">How far corners may differ, pixels.</param>
    public static float Agree(Box[] boxes, Box[] own, float overlap = Floats, float slack = 0.025f) =>
        boxes.Zip(own).Count(pair => Same(pair.First, pair.Second, overlap, slack)) / (float)own.Length;

    /// <summary>Whether nearly all rows are the same boxes; most that are not show it in a few rows.</summary>
    /// <param name="boxes">The tail's.</param>
    /// <param name="own">Those decoded here.</param>
    /// <param name="overlap">The overlap from which two boxes are the same.</param>
    /// <param name="slack">How far corners may differ, pixels.</param>
    public static bool AreSame(Box[] boxes, Box[] own, float overlap = Floats, float slack = 0.025f)
    {
        const float leastShare = 0.99f;
        var step = Math.Max(1, own.Length / 16);
        for (int i = 0, others = 0; i < own.Length; i += step)
            if (!Same(boxes[i], own[i], overlap, slack) && ++others > 2)
                return false;
        return Agree(boxes, own, overlap, slack) >= leastShare;
    }

    /// <summary>Whether they may be boxes of a picture at all: finite, most with a size, most of them near it.</summary>
    public static bool ArePlausible(Box[] boxes, ImageInput input)
    {
        var size = Math.Max(input.Width, input.Height);
        return boxes.All(box => float.IsFinite(box.X0 + box.Y0 + box.X1 + box.Y1))
            && boxes.Count(box => box.IsProper && box.Width > 1 && box.X1 > 0 && box.X0 < size) >= 0.9f * boxes.Length;
    }

    private static bool Same(Box a, Box b, float overlap, float slack) => BoxOverlap.IntersectionOverUnion(a, b) >= overlap
        || Math.Abs(a.X0 - b.X0) + Math.Abs(a.Y0 - b.Y0) + Math.Abs(a.X1 - b.X1) + Math.Abs(a.Y1 - b.Y1) < 4 * slack;
}
