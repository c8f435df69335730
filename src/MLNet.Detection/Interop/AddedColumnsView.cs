using Microsoft.ML;

namespace MLNet.Detection.Interop;

/// <summary>A view with the added columns, row by row as cursors visit it. Nothing is computed for columns that a
/// cursor was not asked for, nor before a getter is called.</summary>
/// <param name="input">The view without them.</param>
/// <param name="mapper">Bound to its schema.</param>
/// <param name="lookahead">How many rows are read before the first of them is shown, when an added column is
/// active.</param>
internal sealed class AddedColumnsView(IDataView input, AddedColumnsMapper mapper, int lookahead = 1) : IDataView
{
    public bool CanShuffle => input.CanShuffle;

    public DataViewSchema Schema => mapper.OutputSchema;

    public long? GetRowCount() => input.GetRowCount();

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
    {
        DataViewSchema.Column[] active = [.. columnsNeeded];
        DataViewSchema.Column[] needed = [.. mapper.GetDependencies(active)];
        return Over(input.GetRowCursor(needed, rand), active, needed);
    }

    /// <summary>As many cursors as the input gives; one where rows are read ahead, because it uses several threads
    /// itself.</summary>
    public DataViewRowCursor[] GetRowCursorSet(
        IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null)
    {
        DataViewSchema.Column[] active = [.. columnsNeeded];
        if (ReadsAhead(active))
            return [GetRowCursor(active, rand)];
        DataViewSchema.Column[] needed = [.. mapper.GetDependencies(active)];
        return [.. input.GetRowCursorSet(needed, n, rand).Select(cursor => Over(cursor, active, needed))];
    }

    private AddedColumnsCursor Over(
        DataViewRowCursor cursor, DataViewSchema.Column[] active, DataViewSchema.Column[] needed)
    {
        var source = ReadsAhead(active) ? new LookaheadCursor(cursor, needed, lookahead) : cursor;
        return new(source, mapper.GetRow(source, active));
    }

    private bool ReadsAhead(DataViewSchema.Column[] active) => lookahead > 1 && active.Any(mapper.IsAdded);
}
