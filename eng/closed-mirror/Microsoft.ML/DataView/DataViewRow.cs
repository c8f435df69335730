using Microsoft.ML.Data;

namespace Microsoft.ML;

/// <summary>One row: getters for the values of its active columns.</summary>
public abstract class DataViewRow : IDisposable
{
    /// <summary>Rows passed; -1 before the first one.</summary>
    public abstract long Position { get; }

    public abstract long Batch { get; }

    public abstract DataViewSchema Schema { get; }

    public abstract ValueGetter<DataViewRowId> GetIdGetter();

    public abstract bool IsColumnActive(DataViewSchema.Column column);

    /// <summary>
    /// A getter that follows the row as it moves. Throws when the column is not active or has another type.
    /// </summary>
    public abstract ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column);

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
    }
}
