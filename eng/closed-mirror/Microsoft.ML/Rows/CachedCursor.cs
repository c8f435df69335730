namespace Microsoft.ML.Data;

internal sealed class CachedCursor(
    DataViewSchema schema, IEnumerable<DataViewSchema.Column> active,
    IColumnCache[] columns, IColumnCache ids, int[] order)
    : RootCursor(schema, active)
{
    public override ValueGetter<DataViewRowId> GetIdGetter() => (ValueGetter<DataViewRowId>)ids.Getter(Index);

    protected override bool Advance() => Position + 1 < order.Length;

    protected override Delegate CreateGetter(int column) => columns[column].Getter(Index);

    private int Index()
    {
        CheckOnRow();
        return order[Position];
    }
}
