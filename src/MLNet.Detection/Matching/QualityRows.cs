using System.Numerics;
using MLNet.Detection.Boxes;

namespace MLNet.Detection.Matching;

// The match quality [truths, anchors], one row at a time: computed from boxes, or cut from a matrix that was given.
internal readonly ref struct QualityRows
{
    private readonly ReadOnlySpan<Box> _truths;
    private readonly BoxColumns? _anchors;
    private readonly Span<float> _row;
    private readonly ReadOnlySpan<float> _matrix;

    public QualityRows(ReadOnlySpan<Box> truths, BoxColumns anchors, Span<float> row)
    {
        _truths = truths;
        _anchors = anchors;
        _row = row[..anchors.Count];
        (Truths, Anchors) = (truths.Length, anchors.Count);
    }

    public QualityRows(ReadOnlySpan<float> matrix, int truths, int anchors)
    {
        _matrix = matrix;
        (Truths, Anchors) = (truths, anchors);
    }

    public int Truths { get; }

    public int Anchors { get; }

    public ReadOnlySpan<float> this[int truth]
    {
        get
        {
            if (_anchors is null)
                return _matrix.Slice(truth * Anchors, Anchors);
            _anchors.IntersectionOverUnion(_truths[truth], _row);
            return _row;
        }
    }

    // Keeps per anchor the truth of the highest quality; the strict comparison leaves ties to the lowest index.
    public static void KeepBest(ReadOnlySpan<float> row, int truth, Span<float> best, Span<int> index)
    {
        var candidate = new Vector<int>(truth);
        var i = 0;
        for (; i <= row.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            var quality = new Vector<float>(row[i..]);
            var higher = Vector.GreaterThan(quality, new Vector<float>(best[i..]));
            if (higher == Vector<int>.Zero)
                continue;
            Vector.ConditionalSelect(higher, quality, new Vector<float>(best[i..])).CopyTo(best[i..]);
            Vector.ConditionalSelect(higher, candidate, new Vector<int>(index[i..])).CopyTo(index[i..]);
        }
        for (; i < row.Length; i++)
            if (row[i] > best[i])
                (best[i], index[i]) = (row[i], truth);
    }

    public static float Max(ReadOnlySpan<float> row)
    {
        var highest = new Vector<float>(float.NegativeInfinity);
        var i = 0;
        for (; i <= row.Length - Vector<float>.Count; i += Vector<float>.Count)
            highest = Vector.Max(highest, new Vector<float>(row[i..]));
        var max = float.NegativeInfinity;
        for (var lane = 0; lane < Vector<float>.Count; lane++)
            max = MathF.Max(max, highest[lane]);
        for (; i < row.Length; i++)
            max = MathF.Max(max, row[i]);
        return max;
    }

    // The first index from start on that holds exactly this value, or -1.
    public static int IndexOf(ReadOnlySpan<float> row, float value, int start)
    {
        var wanted = new Vector<float>(value);
        var i = start;
        while (i <= row.Length - Vector<float>.Count && !Vector.EqualsAny(new Vector<float>(row[i..]), wanted))
            i += Vector<float>.Count;
        for (; i < row.Length; i++)
            if (row[i] == value)
                return i;
        return -1;
    }
}
