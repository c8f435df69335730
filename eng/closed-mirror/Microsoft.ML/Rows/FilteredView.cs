namespace Microsoft.ML.Data;

/// <summary>Some rows of a source, in its order.</summary>
/// <param name="source">The rows to choose from.</param>
/// <param name="canShuffle">Whether the choice does not depend on the order.</param>
/// <param name="count">How many rows are chosen of how many, null when only reading tells.</param>
/// <param name="needs">Whether the choice needs a column.</param>
/// <param name="choose">Makes the choice for the rows of one cursor; called once a row.</param>
/// <param name="most">How many rows are chosen at most.</param>
internal sealed class FilteredView(IDataView source, bool canShuffle, Func<long, long?> count,
    Func<DataViewSchema.Column, bool> needs, Func<DataViewRow, Func<bool>> choose, long most = long.MaxValue)
    : View(source.Schema)
{
    public override bool CanShuffle => canShuffle;

    public override long? GetRowCount() => source.GetRowCount() is { } rows ? count(rows) : null;

    public override DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random rand = null)
    {
        var active = Getters.Flags(Schema, columnsNeeded);
        var input = source.GetRowCursor(
            Schema.Where(column => active[column.Index] || needs(column)), canShuffle ? rand : null);
        return new FilterCursor(input, Schema.Where(column => active[column.Index]), choose(input), most);
    }
}
