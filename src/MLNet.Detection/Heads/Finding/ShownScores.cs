namespace MLNet.Detection.Heads;

/// <summary>
/// Class scores among the outputs of a file, to compare with those decoded here: a tail may leave out, exchange, scale or
/// otherwise change columns of a value that agrees.
/// </summary>
/// <param name="own">The scores, as they are decoded here.</param>
/// <param name="classes">The same without background, which a file may not show.</param>
/// <param name="names">Which values are probabilities, and which are outputs.</param>
/// <param name="tolerance">The relative difference of equal scores.</param>
internal sealed class ShownScores(ScoreTable own, ScoreTable classes, ScoreValues names, float tolerance)
{
    /// <summary>What differs, in words. Probabilities of all places, in one output or one for each level, must have the
    /// scores; no output may have what follows from them alone, as by a factor or a power, in their place.</summary>
    /// <param name="ranges">All rows together, then those of each level, with what the tail computes for them.</param>
    public string? Difference(IReadOnlyList<(int First, int Rows, List<PlaceColumns> Tables)> ranges)
    {
        // One output may have as many rows as a level by chance.
        var byLevel = ranges.Skip(1).All(level => level.Tables.Any(table =>
            names.IsShown(table.Value) && names.Computed.Contains(table.Value)));
        foreach (var (first, _, tables) in byLevel ? ranges : ranges.Take(1))
        {
            var shown = tables.Where(table => names.IsShown(table.Value)).ToList();
            if (shown.Count == 0)
                continue;
            var outputs = tables.Where(table => names.Outputs.Contains(table.Value)).ToList();
            if (shown.Any(table => Agrees(first, table, outputs)))
                continue;
            if (Changed(first, tables, shown, outputs) is { } changed)
                return changed;
            if (shown.Any(table => Agrees(first, table, tables)))
                continue;
            if (shown.LastOrDefault(table => names.Activated.Contains(table.Value)) is { } other)
                return Text(first, other);
        }
        return null;
    }

    private bool Agrees(int first, PlaceColumns table, IReadOnlyList<PlaceColumns> all) =>
        TailScores.Agrees(own, first, table, all, tolerance)
        || table.Count != own.Columns && TailScores.Agrees(classes, first, table, all, tolerance);

    private string? Changed(int first, IReadOnlyList<PlaceColumns> tables, List<PlaceColumns> shown, List<PlaceColumns> outputs)
    {
        var found = tables.Where(table => names.Behind.Contains(table.Value)).Select(table =>
            (Table: table, At: TailScores.Place(own, first, table, tables, tolerance))).LastOrDefault(at => at.At is not null);
        foreach (var table in Enumerable.Reverse(shown))
        {
            if (names.Computed.Contains(table.Value) && Follows(first, table, found.Table, found.At?.Start ?? 0) is var (scores, start))
                return TailScores.Difference(scores, first, table, tolerance, start);
            if (IsScaled(own, first, table) || IsScaled(classes, first, table))
                return Text(first, table);
        }
        return found.At?.Objectness is var (objectness, column) ? ChangedObjectness(first, objectness, column, outputs) : null;
    }

    // The first of consecutive columns that follow from the scores, or from the probabilities before their objectness, and
    // what they should be.
    private (ScoreTable Scores, int Start)? Follows(int first, PlaceColumns table, PlaceColumns? found, int from)
    {
        foreach (var scores in own.Columns == classes.Columns ? [own] : new[] { own, classes })
            for (var start = 0; start + scores.Columns <= table.Count; start++)
            {
                if (MonotoneColumns.All(scores.Columns, table.Rows, (row, column) => scores[first + row, column],
                    (row, column) => table[row, start + column]))
                    return (scores, start);
                if (scores == own && found is not null && MonotoneColumns.All(own.Columns, table.Rows,
                    (row, column) => found[row, from + column], (row, column) => table[row, start + column])
                    && !Equal(table, start, found, from))
                    return (own with
                    {
                        Scores = [.. own.Scores.Take(first), .. Enumerable.Range(0, found.Rows).Select(row =>
                            Enumerable.Range(from, own.Columns).Select(column => found[row, column]).ToArray())],
                    }, start);
            }
        return null;
    }

    private bool Equal(PlaceColumns table, int start, PlaceColumns found, int from) => Enumerable.Range(0, table.Rows).All(row =>
        Enumerable.Range(0, own.Columns).All(column =>
            ScoreTable.Near(table[row, start + column], found[row, from + column], tolerance)));

    private string? ChangedObjectness(int first, PlaceColumns objectness, int column, List<PlaceColumns> outputs)
    {
        var computed = names.ComputedFrom(objectness.Value);
        var all = outputs.Where(output => computed.Contains(output.Value)).SelectMany(output =>
            Enumerable.Range(0, output.Count).Select(at => (Output: output, Column: at))).ToList();
        if (all.Any(at => Enumerable.Range(0, objectness.Rows).All(row =>
            ScoreTable.Near(at.Output[row, at.Column], objectness[row, column], tolerance))))
            return null;
        var changed = all.FirstOrDefault(at => MonotoneColumns.All(1, objectness.Rows, (row, _) => objectness[row, column],
            (row, _) => at.Output[row, at.Column]));
        if (changed.Output is null)
            return null;
        var row = Enumerable.Range(0, objectness.Rows).First(row =>
            !ScoreTable.Near(changed.Output[row, changed.Column], objectness[row, column], tolerance));
        return FormattableString.Invariant($"row {first + row} of '{changed.Output.Value}' has the objectness {changed.Output[row, changed.Column]:G4}, ")
            + FormattableString.Invariant($"decoded here it is {objectness[row, column]:G4}");
    }

    private string Text(int first, PlaceColumns table) =>
        TailScores.Difference(table.Count == classes.Columns ? classes : own, first, table, tolerance);

    // Each column is the scores' one times a number of its own.
    private bool IsScaled(ScoreTable scores, int first, PlaceColumns table) =>
        Enumerable.Range(0, Math.Max(0, table.Count - scores.Columns + 1)).Any(start =>
            Enumerable.Range(0, scores.Columns).All(column =>
            {
                var factor = LeastSquares.Factor(Enumerable.Range(0, table.Rows).Select(row =>
                    (scores[first + row, column], table[row, start + column])));
                return Math.Abs(factor) > 1e-3f && Enumerable.Range(0, table.Rows).All(row =>
                    ScoreTable.Near(factor * scores[first + row, column], table[row, start + column], tolerance));
            }));
}
