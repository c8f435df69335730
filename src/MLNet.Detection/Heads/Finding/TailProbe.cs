using MLNet.Detection.Boxes;
using MLNet.Detection.Images;
using OnnxGraphs.Graphs;
using OnnxGraphs.Models;

namespace MLNet.Detection.Heads;

/// <summary>
/// What the numbers of a head mean, by the file's own decoding: the file is run on a picture, and the code whose boxes
/// equal a value of its tail is the one.
/// </summary>
internal static class TailProbe
{
    private const float LeastShare = 0.99f;

    /// <summary>The head with the code that agrees; null where none does.</summary>
    public static DenseFinding? Find(OnnxModel model, ImageInput input, HeadSigns signs, HeadFamily? family)
    {
        string[] maps = [.. signs.Levels.Select(level => level.Boxes.Map).Distinct()];
        var run = TailValues.Run(model, input, maps);
        var places = signs.Levels.Sum(level => level.Places);
        var decoded = run.Where(at => !maps.Contains(at.Key))
            .Select(at => (Value: at.Key, Forms: TailValues.Boxes(at.Value, places, input))).ToList();
        foreach (var (code, offset) in Codes(signs))
        {
            var head = DenseFinder.Head(signs, code, Score(signs, family), offset);
            var boxes = Decode(head, input, maps, run);
            if (decoded.FirstOrDefault(at => at.Forms.Any(form => TailValues.Agree(form, boxes) >= LeastShare))
                is { Value: { } value })
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

    private static Box[] Decode(
        DenseHead head, ImageInput input, string[] maps, IReadOnlyDictionary<string, Tensor> run)
    {
        var graph = new Graph();
        var values = maps.ToDictionary(map => map, map => graph.Constant(run[map]));
        var corners = head.Corners(values, input.Width, input.Height);
        return BoxConversion.ToBoxes(corners.TryConstant()!.Values<float>(), BoxFormat.Xyxy);
    }
}
