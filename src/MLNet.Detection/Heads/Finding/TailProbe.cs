using MLNet.Detection.Boxes;
using MLNet.Detection.Images;
using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Models.Proto;
using OnnxGraphs.Surgery;

namespace MLNet.Detection.Heads;

/// <summary>
/// What the numbers of a head mean, by the file's own decoding: the file is run on a picture, and the code whose boxes
/// equal a value of its tail is the one.
/// </summary>
internal static class TailProbe
{
    private const float LeastOverlap = 0.99f, LeastShare = 0.99f;

    /// <summary>The head with the code that agrees; null where none does.</summary>
    public static DenseFinding? Find(OnnxModel model, ImageInput input, HeadSigns signs, HeadFamily? family)
    {
        string[] maps = [.. signs.Levels.Select(level => level.Boxes.Map).Distinct()];
        var run = Run(model, input, maps);
        var places = signs.Levels.Sum(level => level.Places);
        var decoded = run.Where(pair => !maps.Contains(pair.Key) && pair.Value.Type == ElementType.Float32
            && pair.Value.Shape.Rank > 1 && pair.Value.Shape.Size == 4L * places).ToList();
        foreach (var (code, offset) in Codes(signs))
        {
            var head = DenseFinder.Head(signs, code, Score(signs, family), offset);
            var boxes = Decode(head, input, maps, run);
            if (decoded.FirstOrDefault(at => Agrees(boxes, at.Value, input)) is { Key: { } value })
                return new(head with { Family = family?.Name ?? "dense head", Pixels = family?.Pixels }, null, true,
                [
                    $"{code.Words}, points at {offset} of a stride: the file's own boxes '{value}' are the same",
                    .. DenseFinder.Kept(signs),
                ]);
        }
        return null;
    }

    private static ScoreCode Score(HeadSigns signs, HeadFamily? family) => family?.Score
        ?? new(Softmax: signs.ClassActivation == "Softmax", Background: signs.Background);

    private static IEnumerable<(BoxCode Code, float Offset)> Codes(HeadSigns signs)
    {
        if (signs.BoxColumns > 4)
            return [(new DistributionCode(signs.BoxColumns / 4), 0.5f), (new DistributionCode(signs.BoxColumns / 4), 0)];
        return [(new DistanceCode(), 0.5f), (new DistanceCode(), 0), (new DistanceCode(false), 0.5f),
            (new DistanceCode(false), 0), (new GridCode(), 0.5f), (new TanhCode(), 0.5f)];
    }

    // All of the tail at once. What another type or a changing shape makes unreadable is left out by what runs.
    private static IReadOnlyDictionary<string, Tensor> Run(OnnxModel model, ImageInput input, string[] maps)
    {
        var (behind, wanted) = (maps.ToHashSet(), new List<string>(maps));
        foreach (NodeProto node in model.Proto.Graph.Node.Where(node => !node.Output.Any(maps.Contains)))
            if (node.Input.Any(behind.Contains) && node.OpType is not ("If" or "Loop" or "NonMaxSuppression" or "TopK"))
                wanted.AddRange(node.Output.Where(name => name.Length > 0 && behind.Add(name)));
        return Subgraph.Run(model, new Dictionary<string, Tensor> { [input.Name] = input.Probe }, wanted);
    }

    private static Box[] Decode(
        DenseHead head, ImageInput input, string[] maps, IReadOnlyDictionary<string, Tensor> run)
    {
        var graph = new Graph();
        var values = maps.ToDictionary(map => map, map => graph.Constant(run[map]));
        var corners = head.Corners(values, input.Width, input.Height);
        return BoxConversion.ToBoxes(corners.TryConstant()!.Values<float>(), BoxFormat.Xyxy);
    }

    // The same rows in the same order, as corners or centre and size, in pixels or parts of the picture.
    private static bool Agrees(Box[] boxes, Tensor value, ImageInput input)
    {
        var rows = Rows(value, boxes.Length);
        if (rows is null)
            return false;
        foreach (var format in (BoxFormat[])[BoxFormat.Xyxy, BoxFormat.Cxcywh])
            foreach (var scale in ((float X, float Y)[])[(1, 1), (input.Width, input.Height)])
            {
                var own = BoxConversion.ToBoxes(rows, format);
                var same = own.Zip(boxes).Count(pair => Same(pair.First.Scale(scale.X, scale.Y), pair.Second));
                if (same >= LeastShare * boxes.Length)
                    return true;
            }
        return false;
    }

    private static bool Same(Box a, Box b) => BoxOverlap.IntersectionOverUnion(a, b) >= LeastOverlap
        || Math.Abs(a.X0 - b.X0) + Math.Abs(a.Y0 - b.Y0) + Math.Abs(a.X1 - b.X1) + Math.Abs(a.Y1 - b.Y1) < 0.1f;

    // [.., N, 4], or [.., 4, N] turned.
    private static float[]? Rows(Tensor value, int places)
    {
        var numbers = value.Values<float>().ToArray();
        if (value.Shape[-1] == 4)
            return numbers;
        if (value.Shape[-1] != places || value.Shape[-2] != 4)
            return null;
        var rows = new float[numbers.Length];
        for (var i = 0; i < rows.Length; i++)
            rows[i] = numbers[i % 4 * places + i / 4];
        return rows;
    }
}
