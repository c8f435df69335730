using OnnxGraphs.Graphs;

namespace MLNet.Detection.Heads;

/// <summary>
/// What a file's tail makes of the places of a head: a value, or one for each level, with a row for each place in some
/// order.
/// </summary>
/// <param name="Values">Names of the values, finest level first.</param>
/// <param name="Columns">Numbers of a place.</param>
/// <param name="Order">The own place of each row.</param>
internal sealed record TailTable(IReadOnlyList<string> Values, int Columns, int[] Order)
{
    /// <summary>All that a run of the tail has.</summary>
    /// <param name="run">The run.</param>
    /// <param name="levels">Cells and anchors of a cell of each level.</param>
    public static IEnumerable<TailTable> All(TailRun run, IReadOnlyList<(int Cells, int Anchors)> levels)
    {
        var places = levels.Sum(level => level.Cells * level.Anchors);
        var orders = PlaceOrders.All(levels).ToList();
        foreach (var (name, value) in run.Values)
            if (ColumnsOf(value, places) is { } columns)
                foreach (var order in orders)
                    yield return new([name], columns, order);
        // Levels are decoded alike: the first value of a form of one level goes with the first of each other.
        var parts = levels.Select(level => Parts(run, level.Cells, level.Cells * level.Anchors)).ToList();
        foreach (var (form, names) in levels.Count < 2 ? [] : parts[0])
            if (parts.All(part => part.GetValueOrDefault(form)?.Count == names.Count))
                for (var i = 0; i < names.Count; i++)
                    foreach (var order in orders.Where(order => order[0] == 0))
                        yield return new([.. parts.Select(part => part[form][i])], form.Columns, order);
    }

    private static Dictionary<(int Rank, int Columns), List<string>> Parts(TailRun run, int cells, int places) =>
        (from at in run.Values
         where run.Cells[at.Key] == cells
         let columns = ColumnsOf(at.Value, places)
         where columns is not null
         group at.Key by (at.Value.Shape.Rank, columns.Value)).ToDictionary(group => group.Key, group => group.ToList());

    /// <summary>The table in a run, in the own order of the places.</summary>
    public float[] Read(TailRun run)
    {
        var (rows, first) = (new float[Order.Length * Columns], 0);
        foreach (var name in Values)
        {
            var numbers = run.Values[name].Values<float>();
            var (count, turned) = (numbers.Length / Columns, run.Values[name].Shape[-1] != Columns);
            for (var i = 0; i < count; i++)
                for (var column = 0; column < Columns; column++)
                    rows[Order[first + i] * Columns + column] =
                        numbers[turned ? column * count + i : i * Columns + column];
            first += count;
        }
        return rows;
    }

    // [.., N, columns], or [.., columns, N] turned.
    private static int? ColumnsOf(Tensor value, int places)
    {
        if (value.Shape.Rank < 2 || value.Shape.Size == 0 || value.Shape.Size % places != 0)
            return null;
        var columns = value.Shape.Size / places;
        return value.Shape[-1] == columns || value.Shape[-1] == places && value.Shape[-2] == columns
            || columns == 1 && value.Shape[-1] == places ? (int)columns : null;
    }
}
