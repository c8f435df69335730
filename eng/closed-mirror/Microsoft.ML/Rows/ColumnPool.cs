namespace Microsoft.ML.Data;

/// <summary>One column's values of the rows in a pool.</summary>
internal sealed class ColumnPool<T>(ValueGetter<T> input, int slots, int column) : IColumnPool
{
    private readonly T[] values = new T[slots];

    public int Column => column;

    public void Read(int slot) => input(ref values[slot]);

    public Delegate Getter(Func<int> slot)
    {
        var copy = Copier.Of<T>();
        return (ValueGetter<T>)((ref T value) => copy(values[slot()], ref value));
    }
}
