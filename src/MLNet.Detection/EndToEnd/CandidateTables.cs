using MLNet.Detection.Scoring;
using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;
using static OnnxGraphs.Ops.Op;

namespace MLNet.Detection.EndToEnd;

/// <summary>
/// What goes into the NonMaxSuppression operator, and where its answers point: boxes [G, K, 4] and scores [G, C, K] for
/// G groups; box k of group g is candidate g K + k. With a group a class, C is 1 and the group is the class.
/// </summary>
/// <param name="Boxes">[G, K, 4], clipped.</param>
/// <param name="Scores">[G, C, K]; the least number where a candidate is not of the class or too small.</param>
/// <param name="GroupIsClass">Whether an answer's first number is the class, or its second.</param>
internal sealed record CandidateTables(Var Boxes, Var Scores, bool GroupIsClass)
{
    private const float Dropped = float.MinValue;

    /// <summary>The candidates of <see cref="CandidateSearch"/>.</summary>
    /// <param name="scores">Probabilities [N, columns].</param>
    /// <param name="boxes">[N, 4] in pixels of the network's input.</param>
    /// <param name="decoder">What counts as a candidate.</param>
    /// <param name="width">Width to clip to.</param>
    /// <param name="height">Height to clip to.</param>
    /// <param name="levels">N split by feature level.</param>
    public static CandidateTables Of(
        Var scores, Var boxes, DetectionDecoder decoder, int width, int height, IReadOnlyList<int> levels)
    {
        var columns = Enumerable.Range(0, (int)scores.Shape[1]).Where(c => c != decoder.BackgroundClass);
        scores = Gather(scores, scores.Graph.Constant(Tensor.Vector<long>([.. columns.Select(c => (long)c)])), 1);
        if (decoder.Clip)
            boxes = Min(Max(boxes, boxes.Like(0)), boxes.Graph.Constant(Tensor.Vector<float>(
                width, height, width, height)));
        scores = Where(LargeEnough(boxes, decoder.MinSize), scores, scores.Like(Dropped));
        return decoder.CandidateGroup == CandidateGroup.Class
            ? ByClass(scores, boxes, decoder.MaxCandidates)
            : ByLevel(scores, boxes, decoder.MaxCandidates, levels);
    }

    private static CandidateTables ByClass(Var scores, Var boxes, int max)
    {
        var (values, rows) = TopK(Transpose(scores, 1, 0), Math.Min(max, scores.Shape[0]));
        return new(Gather(boxes, rows), Unsqueeze(values, 1), GroupIsClass: true);
    }

    private static CandidateTables ByLevel(Var scores, Var boxes, int max, IReadOnlyList<int> levels)
    {
        var (classes, start) = (scores.Shape[1], 0L);
        var (values, rows, labels) = (new List<Var>(), new List<Var>(), new List<Var>());
        foreach (var count in levels)
        {
            var level = Reshape(Slice(scores, 0, start, start + count), -1);
            var (best, places) = TopK(level, Math.Min(max, count * classes));
            var row = places / places.Like(classes);
            values.Add(best);
            labels.Add(places - row * row.Like(classes));
            rows.Add(row + row.Like(start));
            start += count;
        }
        var label = Unsqueeze(Concat(labels, 0), 0);
        var all = label.Graph.Constant(
            Tensor.Of<long>(new(classes, 1), [.. Enumerable.Range(0, (int)classes).Select(c => (long)c)]));
        var score = Unsqueeze(Concat(values, 0), 0);
        return new(
            Unsqueeze(Gather(boxes, Concat(rows, 0)), 0),
            Unsqueeze(Where(Equal(label, all), score, score.Like(Dropped)), 0), GroupIsClass: false);
    }

    // False for NaN.
    private static Var LargeEnough(Var boxes, float side)
    {
        var sizes = Slice(boxes, 1, 2, 4) - Slice(boxes, 1, 0, 2);
        return GreaterOrEqual(ReduceMin(sizes, [1]), sizes.Like(side));
    }
}
