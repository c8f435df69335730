namespace MLNet.Detection.Heads;

/// <summary>
/// Orders in which files lay the places of a head out: levels from fine to coarse or the other way round, within one the
/// anchors of each cell, or the cells of each anchor.
/// </summary>
internal static class PlaceOrders
{
    /// <summary>For each order the own place (levels, rows, columns, anchors of a cell) of each row.</summary>
    /// <param name="levels">Cells, and anchors of a cell.</param>
    public static IEnumerable<int[]> All(IReadOnlyList<(int Cells, int Anchors)> levels)
    {
        foreach (var byAnchor in levels.Any(level => level.Anchors > 1) ? [false, true] : (bool[])[false])
            foreach (var reversed in levels.Count > 1 ? [false, true] : (bool[])[false])
            {
                var parts = Levels(levels, byAnchor).ToList();
                if (reversed)
                    parts.Reverse();
                yield return [.. parts.SelectMany(part => part)];
            }
    }

    private static IEnumerable<IEnumerable<int>> Levels(IReadOnlyList<(int Cells, int Anchors)> levels, bool byAnchor)
    {
        var first = 0;
        foreach (var (cells, anchors) in levels)
        {
            var start = first;
            yield return Enumerable.Range(0, cells * anchors).Select(row =>
                start + (byAnchor ? row % cells * anchors + row / cells : row));
            first += cells * anchors;
        }
    }
}
