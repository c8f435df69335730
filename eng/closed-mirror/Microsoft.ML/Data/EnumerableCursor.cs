using Microsoft.ML.Internal;

namespace Microsoft.ML.Data;

internal sealed class EnumerableCursor<TRow>(
    DataViewSchema schema, IEnumerable<DataViewSchema.Column> active, IEnumerator<TRow> rows, BoundColumn[] columns)
    : RootCursor(schema, active) where TRow : class
{
    public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId value) =>
    {
        CheckOnRow();
        value = new DataViewRowId((ulong)Position, 0);
    };

    protected override bool Advance()
    {
        if (!rows.MoveNext())
            return false;
        Check.State(rows.Current != null, "Encountered null when iterating over data, this is not supported.");
        return true;
    }

    protected override Delegate CreateGetter(int column) =>
        ObjectGetters.Create(columns[column], () =>
        {
            CheckOnRow();
            return rows.Current;
        });

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            rows.Dispose();
        base.Dispose(disposing);
    }
}
