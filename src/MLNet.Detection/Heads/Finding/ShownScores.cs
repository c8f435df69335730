namespace MLNet.Detection.Heads;

/// <summary>
/// Class scores among the outputs of a file, to compare with those decoded here: a tail may leave out, exchange or scale
/// columns of a value that agrees.
/// </summary>
internal static class ShownScores
{
    /// <summary>What differs, in words. Probabilities of all places, in one output or one for each level, must have the
    /// scores; no output may have the scores times constants.</summary>
    /// <param name="own">The scores, as they are decoded here.</param>
    /// <param name="classes">The same without background, which a file may not show.</param>
    /// <param name="ranges">All rows together, then those of each level, with what the tail computes for them.</param>
    /// <param name="activated">Names of those values that are probabilities.</param>
    /// <param name="shown">Names of those that are outputs.</param>
    /// <param name="tolerance">The relative difference of equal scores.</param>
    public static string? Difference(ScoreTable own, ScoreTable classes,
        IReadOnlyList<(int First, int Rows, List<PlaceColumns> Tables)> ranges,
        IReadOnlySet<string> activated, IReadOnlySet<string> shown, float tolerance)
    {
        // One output may have as many rows as a level by chance.
        var byLevel = ranges.Skip(1).All(level => level.Tables.Any(IsActivated));
        foreach (var (first, _, tables) in byLevel ? ranges : ranges.Take(1))
        {
            var outputs = tables.Where(table => shown.Contains(table.Value)).ToList();
            if (outputs.Any(table => TailScores.Agrees(own, first, table, tables, tolerance)
                || table.Count != own.Columns && TailScores.Agrees(classes, first, table, tables, tolerance)))
                continue;
            var other = outputs.LastOrDefault(IsActivated) ?? outputs.LastOrDefault(
                table => IsScaled(own, first, table, tolerance) || IsScaled(classes, first, table, tolerance));
            if (other is not null)
                return TailScores.Difference(other.Count == own.Columns ? own : classes, first, other, tolerance);
        }
        return null;

        bool IsActivated(PlaceColumns table) => shown.Contains(table.Value) && activated.Contains(table.Value);
    }

    // Each column is the scores' one times a number of its own.
    private static bool IsScaled(ScoreTable own, int first, PlaceColumns table, float tolerance) =>
        Enumerable.Range(0, Math.Max(0, table.Count - own.Columns + 1)).Any(start =>
            Enumerable.Range(0, own.Columns).All(column =>
            {
                var (dot, square) = (0.0, 0.0);
                for (var row = 0; row < table.Rows; row++)
                {
                    dot += (double)table[row, start + column] * own[first + row, column];
                    square += (double)own[first + row, column] * own[first + row, column];
                }
                var factor = (float)(dot / square);
                return square > 0 && Math.Abs(factor) > 1e-3f && Enumerable.Range(0, table.Rows).All(row =>
                    ScoreTable.Near(factor * own[first + row, column], table[row, start + column], tolerance));
            }));
}
