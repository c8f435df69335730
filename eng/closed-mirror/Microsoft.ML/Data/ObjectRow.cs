using Microsoft.ML.Internal;

namespace Microsoft.ML.Data;

/// <summary>A row over one object, which is exchanged for the next one.</summary>
internal sealed class ObjectRow<TRow> : DataViewRow where TRow : class
{
    private readonly Getters getters;
    private long position = -1;
    private TRow current;

    public ObjectRow(BoundColumn[] columns)
    {
        Schema = BoundColumn.Schema(columns);
        getters = new(Schema, Schema, index => ObjectGetters.Create(columns[index], () =>
        {
            Check.State(position >= 0, "There is no row here yet");
            return current;
        }));
    }

    public override DataViewSchema Schema { get; }

    public override long Position => position;

    public override long Batch => 0;

    public void Move(TRow next)
    {
        current = next;
        position++;
    }

    public override ValueGetter<DataViewRowId> GetIdGetter() =>
        (ref DataViewRowId value) => value = new DataViewRowId((ulong)position, 0);

    public override bool IsColumnActive(DataViewSchema.Column column) => getters.IsActive(column);

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) => getters.Get<TValue>(column);
}
