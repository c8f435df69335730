using MLNet.Detection.Images;
using OnnxGraphs.Models;
using OnnxGraphs.Surgery;

namespace MLNet.Detection.Heads;

/// <summary>
/// A head by the file's own decoding: its tail is run on known numbers, and shows where boxes and scores stand in the maps
/// and what they mean.
/// </summary>
internal static class TailProbe
{
    /// <summary>The head that the tail proves; null where it proves none.</summary>
    public static DenseFinding? Find(OnnxModel model, ImageInput input, IReadOnlyList<HeadPiece> pieces)
    {
        if (HeadRuns.Of(model, input, pieces) is not { } runs || new BoxProbe(runs, input).Find() is not { } boxes
            || new ScoreProbe(runs, boxes).Find() is not var (head, others))
            return null;
        var signs = Signs(head, others, input);
        var family = HeadFamily.All.FirstOrDefault(family => family.Decodes(signs, head));
        head = head with { Family = family?.Name ?? "dense head", Pixels = family?.Pixels, OneToOne = RowChoice.IsFinal(model) };
        return new(head, boxes.Scheme, true,
        [
            $"{head.Code.Words}{(boxes.Scheme is null ? $", points at {head.PointOffset} of a stride" : "")}: "
                + $"the file's own boxes '{boxes.Table.Values[^1]}' are the same",
            .. DenseFinder.Kept(signs),
        ]);
    }

    private static HeadSigns Signs(DenseHead head, int others, ImageInput input) => new(head.Levels,
        head.Score.Softmax ? "Softmax" : "Sigmoid", head.Levels[0].Boxes.Columns, others,
        others > 0 && head.Levels[0].Boxes.Map == head.Levels[0].Classes.Map, true,
        [.. head.Levels.Select(level => DenseHead.Stride(input.Width, input.Height, level).X)], 0);
}
