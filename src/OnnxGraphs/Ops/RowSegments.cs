namespace OnnxGraphs.Ops;

/// <summary>
/// One stage of adding slices to the rows that they belong to: slices of the same row in segments of one length, whose
/// sums are the slices of the next stage. The last stage has one segment for each row, in their order.
/// </summary>
/// <param name="Length">Slices in a segment.</param>
/// <param name="Sources">The slices of each segment, in order; their number where a segment is not full.</param>
/// <param name="Targets">The row of each segment.</param>
/// <param name="HasGaps">Whether some segment is not full.</param>
/// <param name="IsLast">Whether the sums of the segments are the rows.</param>
internal sealed record RowSegments(int Length, long[] Sources, long[] Targets, bool HasGaps, bool IsLast)
{
    /// <summary>The next stage for slices that belong to the given rows.</summary>
    public static RowSegments Of(long[] targets, long rows, int longest)
    {
        var slices = new List<long>[rows];
        for (var i = 0; i < targets.Length; i++)
            (slices[targets[i]] ??= []).Add(i);
        var (most, filled) = (slices.Max(row => row?.Count ?? 0), slices.Count(row => row is not null));
        // The last stage fills every row up to the longest: only where that wastes little.
        if (most <= longest && rows * most <= 4 * (targets.Length + rows))
            return Of(slices.Select((row, i) => ((long)i, row?.ToArray() ?? [])), most, targets.Length, true);
        var length = Math.Clamp(targets.Length / filled, 2, longest);
        return Of(slices.SelectMany((row, i) => (row ?? []).Chunk(length).Select(part => ((long)i, part))), length,
            targets.Length, false);
    }

    private static RowSegments Of(IEnumerable<(long Row, long[] Slices)> segments, int length, long empty, bool isLast)
    {
        var (sources, targets) = (new List<long>(), new List<long>());
        foreach (var (row, slices) in segments)
        {
            targets.Add(row);
            sources.AddRange(slices);
            sources.AddRange(Enumerable.Repeat(empty, length - slices.Length));
        }
        return new(length, [.. sources], [.. targets], sources.Contains(empty), isLast);
    }
}
