namespace Microsoft.ML.Data;

/// <summary>An output row over an input row, which it owns.</summary>
internal sealed class MappedRow(
    DataViewRow input, DataViewSchema schema, IEnumerable<DataViewSchema.Column> active, Func<int, Delegate> makeGetter)
    : DataViewRow
{
    private readonly Getters getters = new(schema, active, makeGetter);

    public override long Position => input.Position;

    public override long Batch => input.Batch;

    public override DataViewSchema Schema => schema;

    public override ValueGetter<DataViewRowId> GetIdGetter() => input.GetIdGetter();

    public override bool IsColumnActive(DataViewSchema.Column column) => getters.IsActive(column);

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) => getters.Get<TValue>(column);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            input.Dispose();
    }
}
