namespace Microsoft.ML.Data;

/// <summary>The values of one column. Vectors are copied in and out, because getters reuse their arrays.</summary>
internal sealed class ColumnCache<T>(Func<DataViewRow, ValueGetter<T>> getterOf) : IColumnCache
{
    private List<T> values;
    private ValueGetter<T> getter;

    public bool IsFull { get; private set; }

    public int Count => values.Count;

    public void Begin(DataViewRow row)
    {
        values = [];
        getter = getterOf(row);
    }

    public void Add()
    {
        T value = default;
        getter(ref value);
        values.Add(value);
    }

    public void End()
    {
        getter = null;
        IsFull = true;
    }

    public Delegate Getter(Func<int> index)
    {
        var copy = Copier.Of<T>();
        return (ValueGetter<T>)((ref T value) => copy(values[index()], ref value));
    }
}
