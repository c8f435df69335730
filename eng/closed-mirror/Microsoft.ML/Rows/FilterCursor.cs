namespace Microsoft.ML.Data;

internal sealed class FilterCursor(
    DataViewRowCursor input, IEnumerable<DataViewSchema.Column> active, Func<bool> choose, long most)
    : RootCursor(input.Schema, active)
{
    public override long Batch => input.Batch;

    public override ValueGetter<DataViewRowId> GetIdGetter() => input.GetIdGetter();

    protected override bool Advance()
    {
        // Not one row more is read than is needed: reading may be expensive.
        while (Position + 1 < most && input.MoveNext())
            if (choose())
                return true;
        return false;
    }

    protected override Delegate CreateGetter(int column) => Getters.Of(input, column);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            input.Dispose();
        base.Dispose(disposing);
    }
}
