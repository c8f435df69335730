using System.Numerics;
using MLNet.Detection.Boxes;

namespace MLNet.Detection.Matching;

// The match quality [truths, anchors], one row at a time: computed from boxes, or cut from a matrix that was given.
// Anchors are looked at in blocks, of which the greatest quality is known: a row of IoUs is zero but for few of them.
internal ref struct QualityRows
{
    private const int BlockSize = BoxColumns.BlockSize;

    private readonly ReadOnlySpan<Box> _truths;
    private readonly BoxColumns? _anchors;
    private readonly Span<float> _computed;
    private readonly Span<float> _greatest;
    private readonly ReadOnlySpan<float> _matrix;
    private ReadOnlySpan<float> _row;

    /// <param name="truths">The rows.</param>
    /// <param name="anchors">The columns.</param>
    /// <param name="memory">Room for a row and its blocks.</param>
    public QualityRows(ReadOnlySpan<Box> truths, BoxColumns anchors, Span<float> memory)
    {
        _truths = truths;
        _anchors = anchors;
        _computed = memory[..anchors.Count];
        _greatest = memory.Slice(anchors.Count, anchors.Blocks);
        (Truths, Anchors) = (truths.Length, anchors.Count);
    }

    /// <param name="matrix">[truths, anchors].</param>
    /// <param name="truths">Number of rows.</param>
    /// <param name="anchors">Number of columns.</param>
    /// <param name="memory">Room for the blocks of a row.</param>
    public QualityRows(ReadOnlySpan<float> matrix, int truths, int anchors, Span<float> memory)
    {
        _matrix = matrix;
        _greatest = memory[..BlocksOf(anchors)];
        (Truths, Anchors) = (truths, anchors);
    }

    public int Truths { get; }

    public int Anchors { get; }

    public static int BlocksOf(int anchors) => (anchors + BlockSize - 1) / BlockSize;

    /// <summary>The best quality and truth of each anchor before any row: all that IoUs can do is to rise above 0.
    /// </summary>
    public readonly (float Quality, int Truth) Start =>
        _anchors is not null && Truths > 0 ? (0f, 0) : (-1f, Matcher.Background);

    /// <summary>Goes to the row of a truth, and gives its greatest quality.</summary>
    public float Read(int truth)
    {
        var max = float.NegativeInfinity;
        _row = _anchors is null ? _matrix.Slice(truth * Anchors, Anchors) : _computed;
        for (var block = 0; block < _greatest.Length; block++)
        {
            _greatest[block] = _anchors?.IntersectionOverUnion(_truths[truth], block, _computed) ?? Max(Block(block));
            max = MathF.Max(max, _greatest[block]);
        }
        return max;
    }

    /// <summary>Keeps per anchor the truth of the highest quality; the strict comparison leaves ties to the lowest
    /// index.</summary>
    public readonly void KeepBest(int truth, Span<float> best, Span<int> index)
    {
        for (var block = 0; block < _greatest.Length; block++)
            if (_greatest[block] > Start.Quality)
                KeepBest(Block(block), truth, best[(block * BlockSize)..], index[(block * BlockSize)..]);
    }

    /// <summary>The first anchor from a place on whose quality is the greatest of the row; or -1.</summary>
    public readonly int IndexOf(float greatest, int start)
    {
        // Where no truth overlaps anything, the row of zeros was never written.
        if (greatest == 0f && _anchors is not null)
            return start < Anchors ? start : -1;
        for (var block = start / BlockSize; block < _greatest.Length; block++)
            if (_greatest[block] == greatest)
            {
                var from = Math.Max(start - block * BlockSize, 0);
                if (Block(block)[from..].IndexOf(greatest) is >= 0 and var found)
                    return block * BlockSize + from + found;
            }
        return -1;
    }

    private readonly ReadOnlySpan<float> Block(int block) =>
        _row[(block * BlockSize)..Math.Min((block + 1) * BlockSize, Anchors)];

    private static void KeepBest(ReadOnlySpan<float> row, int truth, Span<float> best, Span<int> index)
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

    private static float Max(ReadOnlySpan<float> row)
    {
        var max = float.NegativeInfinity;
        foreach (var quality in row)
            max = MathF.Max(max, quality);
        return max;
    }
}
