namespace Microsoft.ML.Data;

/// <summary>Rows out of objects, enumerated anew by each cursor.</summary>
internal sealed class EnumerableView<TRow>(IEnumerable<TRow> rows, BoundColumn[] columns)
    : View(BoundColumn.Schema(columns)) where TRow : class
{
    public override bool CanShuffle => false;

    public override long? GetRowCount() => (rows as ICollection<TRow>)?.Count;

    public override DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded,
        Random rand = null) =>
        new EnumerableCursor<TRow>(Schema, columnsNeeded, rows.GetEnumerator(), columns);
}
