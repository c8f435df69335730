using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;

namespace MLNet.Detection.Heads;

/// <summary>The places of heat maps that no neighbour has a greater score than: the suppression of CenterNet.</summary>
internal static class HeatPeaks
{
    /// <summary>Scores [1, N, C] with zeros elsewhere.</summary>
    public static Var Of(IReadOnlyList<HeadLevel> levels, Var scores)
    {
        var (parts, first) = (new List<Var>(), 0);
        foreach (var level in levels)
        {
            var rows = Op.Slice(scores, 1, first, first += level.Places);
            var map = Op.Reshape(Op.Transpose(rows, 0, 2, 1), 1, rows.Shape[2], level.Height, level.Width);
            var kept = map * Op.Cast(Op.GreaterOrEqual(map, Op.MaxAround(map, 3)), map.Type);
            parts.Add(Op.Transpose(Op.Reshape(kept, 1, rows.Shape[2], level.Places), 0, 2, 1));
        }
        return Op.Concat([.. parts], 1);
    }

    /// <summary>The same in a table [N, C].</summary>
    public static void Keep(IReadOnlyList<HeadLevel> levels, float[] scores, int classes)
    {
        var (all, first) = (scores.ToArray(), 0);
        foreach (var level in levels)
        {
            var map = all.AsSpan(first, level.Places * classes);
            for (var i = 0; i < map.Length; i++)
                if (Around(map, level, i, classes) > map[i])
                    scores[first + i] = 0;
            first += map.Length;
        }
    }

    private static float Around(ReadOnlySpan<float> map, HeadLevel level, int entry, int classes)
    {
        var (place, c, most) = (entry / classes, entry % classes, 0f);
        var (x, y) = (place % level.Width, place / level.Width);
        for (var row = Math.Max(0, y - 1); row <= Math.Min(level.Height - 1, y + 1); row++)
            for (var column = Math.Max(0, x - 1); column <= Math.Min(level.Width - 1, x + 1); column++)
                most = Math.Max(most, map[(row * level.Width + column) * classes + c]);
        return most;
    }
}
