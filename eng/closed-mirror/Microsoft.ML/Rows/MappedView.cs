namespace Microsoft.ML.Data;

/// <summary>The rows of a source, each mapped.</summary>
internal sealed class MappedView(IDataView source, RowMap map) : View(map.OutputSchema)
{
    public override bool CanShuffle => source.CanShuffle;

    public override long? GetRowCount() => source.GetRowCount();

    public override DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random rand = null)
    {
        DataViewSchema.Column[] needed = [.. columnsNeeded];
        var cursor = source.GetRowCursor(map.GetDependencies(needed), rand);
        return new MappedCursor(cursor, map.GetRow(cursor, needed));
    }
}
