using Microsoft.ML.Internal;

namespace Microsoft.ML.Data;

/// <summary>A cursor that counts its own rows, and closes itself after the last one.</summary>
internal abstract class RootCursor : DataViewRowCursor
{
    private readonly Getters getters;
    private long position = -1;
    private bool closed;

    protected RootCursor(DataViewSchema schema, IEnumerable<DataViewSchema.Column> active)
    {
        Schema = schema;
        getters = new Getters(schema, active, CreateGetter);
    }

    public override DataViewSchema Schema { get; }

    public override long Position => position;

    public override long Batch => 0;

    public override bool IsColumnActive(DataViewSchema.Column column) => getters.IsActive(column);

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) => getters.Get<TValue>(column);

    public override bool MoveNext()
    {
        if (closed)
            return false;
        if (Advance())
        {
            position++;
            return true;
        }
        Dispose();
        return false;
    }

    protected abstract bool Advance();

    protected abstract Delegate CreateGetter(int column);

    protected void CheckOnRow() =>
        Check.State(position >= 0, "There is no row here: MoveNext was not called, or was false");

    protected override void Dispose(bool disposing)
    {
        closed = true;
        position = -1;
    }
}
