namespace MLNet.Detection.Boxes;

/// <summary>Overlaps of every box of one set with every box of another.</summary>
public static class OverlapMatrix
{
    /// <summary>Writes overlap (i, j) of first box i and second box j at place i * M + j.</summary>
    /// <param name="first">N boxes.</param>
    /// <param name="second">M boxes.</param>
    /// <param name="kind">The measure.</param>
    /// <param name="overlaps">N M numbers.</param>
    /// <exception cref="ArgumentException"><paramref name="overlaps"/> has another length.</exception>
    public static void Compute(
        ReadOnlySpan<Box> first, ReadOnlySpan<Box> second, OverlapKind kind, Span<float> overlaps)
    {
        if (overlaps.Length != (long)first.Length * second.Length)
            throw new ArgumentException(
                $"There is room for {overlaps.Length} overlaps; {first.Length} x {second.Length} boxes need "
                + $"{(long)first.Length * second.Length}.", nameof(overlaps));
        var columns = kind == OverlapKind.IntersectionOverUnion ? new BoxColumns(second) : null;
        for (var i = 0; i < first.Length; i++)
        {
            var row = overlaps.Slice(i * second.Length, second.Length);
            if (columns is not null)
                columns.IntersectionOverUnion(first[i], row);
            else
                for (var j = 0; j < row.Length; j++)
                    row[j] = BoxOverlap.Of(first[i], second[j], kind);
        }
    }

    /// <summary>The matrix [N, M], row by row.</summary>
    /// <param name="first">N boxes.</param>
    /// <param name="second">M boxes.</param>
    /// <param name="kind">The measure.</param>
    public static float[] Compute(
        ReadOnlySpan<Box> first, ReadOnlySpan<Box> second, OverlapKind kind = OverlapKind.IntersectionOverUnion)
    {
        var overlaps = new float[first.Length * second.Length];
        Compute(first, second, kind, overlaps);
        return overlaps;
    }
}
