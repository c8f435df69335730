using MLNet.Detection.Boxes;
using MLNet.Detection.Images;
using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Surgery;

namespace MLNet.Detection.Heads;

/// <summary>What a file's own tail computes of a picture, as boxes to compare with.</summary>
internal static class TailValues
{
    /// <summary>The overlap of boxes that are the same up to rounding of floats, and of whole numbers of 8 bits, in which
    /// the tail's own constants are rounded.</summary>
    public const float Floats = 0.99f, WholeNumbers = 0.85f;

    /// <summary>The raw values and all that is computed from them without a choice among rows, in order, for a picture
    /// of noise.</summary>
    public static IReadOnlyDictionary<string, Tensor> Run(OnnxModel model, ImageInput input, IReadOnlyList<string> raw)
    {
        var (behind, wanted) = (raw.ToHashSet(), new List<string>(raw));
        foreach (var node in model.Proto.Graph.Node.Where(node => !node.Output.Any(raw.Contains)))
            if (node.Input.Any(behind.Contains) && node.OpType is not ("If" or "Loop" or "NonMaxSuppression" or "TopK"))
                wanted.AddRange(node.Output.Where(name => name.Length > 0 && behind.Add(name)));
        var run = Subgraph.Run(model, new Dictionary<string, Tensor> { [input.Name] = input.Probe }, wanted);
        return wanted.Skip(raw.Count).Distinct().Where(name => run[name].Type == ElementType.Float32)
            .Concat(raw).ToDictionary(name => name, name => run[name]);
    }

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
    /// A value as boxes in pixels, in each form that it may have: corners, the other axis first, or centre and size; in
    /// pixels or parts of the picture. Empty where it has not four numbers for each place.
    /// </summary>
    public static IReadOnlyList<Box[]> Boxes(Tensor value, int places, ImageInput input)
    {
        if (Rows(value, places) is not { } rows)
            return [];
        var found = new List<Box[]>();
        foreach (var (x, y) in ((float, float)[])[(1, 1), (input.Width, input.Height)])
        {
            Box[] corners = [.. BoxConversion.ToBoxes(rows, BoxFormat.Xyxy).Select(box => box.Scale(x, y))];
            found.Add(corners);
            found.Add([.. BoxConversion.ToBoxes(rows, BoxFormat.Cxcywh).Select(box => box.Scale(x, y))]);
            found.Add([.. BoxConversion.ToBoxes(rows, BoxFormat.Xyxy)
                .Select(box => new Box(box.Y0 * x, box.X0 * y, box.Y1 * x, box.X1 * y))]);
        }
        return found;
    }

    /// <summary>The share of rows that are the same boxes, as they are or clipped to the picture.</summary>
    /// <param name="boxes">The tail's.</param>
    /// <param name="own">Those decoded here.</param>
    /// <param name="overlap">The overlap from which two boxes are the same.</param>
    public static float Agree(Box[] boxes, Box[] own, float overlap = Floats) =>
        boxes.Zip(own).Count(pair => Same(pair.First, pair.Second, overlap)) / (float)own.Length;

    /// <summary>Whether they may be boxes of a picture at all: finite, most with a size, most of them near it.</summary>
    public static bool ArePlausible(Box[] boxes, ImageInput input)
    {
        var size = Math.Max(input.Width, input.Height);
        return boxes.All(box => float.IsFinite(box.X0 + box.Y0 + box.X1 + box.Y1))
            && boxes.Count(box => box.IsProper && box.Width > 1 && box.X1 > 0 && box.X0 < size) >= 0.9f * boxes.Length;
    }

    private static bool Same(Box a, Box b, float overlap) => BoxOverlap.IntersectionOverUnion(a, b) >= overlap
        || Math.Abs(a.X0 - b.X0) + Math.Abs(a.Y0 - b.Y0) + Math.Abs(a.X1 - b.X1) + Math.Abs(a.Y1 - b.Y1) < 0.1f;

    // [.., N, 4], [.., 4, N] turned, or the first four columns of rows or columns that have more.
    private static float[]? Rows(Tensor value, int places)
    {
        if (value.Shape.Rank < 2 || value.Shape.Size % places != 0 || value.Shape.Size < 4L * places)
            return null;
        var columns = (int)(value.Shape.Size / places);
        var (numbers, rows) = (value.Values<float>().ToArray(), new float[4 * places]);
        if (value.Shape[-1] == columns)
            for (var i = 0; i < rows.Length; i++)
                rows[i] = numbers[i / 4 * columns + i % 4];
        else if (value.Shape[-1] == places && value.Shape[-2] == columns)
            for (var i = 0; i < rows.Length; i++)
                rows[i] = numbers[i % 4 * places + i / 4];
        else
            return null;
        return rows;
    }
}
