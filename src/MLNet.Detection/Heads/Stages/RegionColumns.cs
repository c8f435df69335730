using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;

namespace MLNet.Detection.Heads;

/// <summary>The columns of a second stage in the order in which its loss takes them.</summary>
/// <param name="BackgroundLast">Whether a file has background last, not first.</param>
internal sealed record RegionColumns(bool BackgroundLast)
{
    /// <summary>Logits [R, C], background first.</summary>
    public Var Classes(Var logits)
    {
        var last = logits.Shape[1] - 1;
        return !BackgroundLast ? logits
            : Op.Concat([Op.Slice(logits, 1, last, last + 1), Op.Slice(logits, 1, 0, last)], 1);
    }

    /// <summary>Four columns a class [R, 4 C], background's first. Files have them for all, for the classes alone, or
    /// shared
    /// by all.</summary>
    public Var Boxes(Var deltas, long classes)
    {
        var (rows, boxes) = (deltas.Shape[0], deltas.Shape[1] / 4);
        if (boxes == 1)
            return Op.Reshape(Op.Expand(Op.Reshape(deltas, rows, 1, 4), new(rows, classes, 4)), rows, 4 * classes);
        var last = 4 * (classes - 1);
        if (boxes == classes)
            return !BackgroundLast ? deltas
                : Op.Concat([Op.Slice(deltas, 1, last, 4 * classes), Op.Slice(deltas, 1, 0, last)], 1);
        return Op.Concat([Op.Filled(deltas.Graph, new(rows, 4), 0), deltas], 1);
    }
}
