namespace Microsoft.ML.Data;

/// <summary>A data view that is read by one cursor at a time, which the contract of cursor sets allows.</summary>
internal abstract class View(DataViewSchema schema) : IDataView
{
    public DataViewSchema Schema => schema;

    public abstract bool CanShuffle { get; }

    public abstract long? GetRowCount();

    public abstract DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded,
        Random rand = null);

    public DataViewRowCursor[] GetRowCursorSet(
        IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random rand = null) =>
        [GetRowCursor(columnsNeeded, rand)];
}
