using System.Runtime.ExceptionServices;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLNet.Detection.Interop;

/// <summary>The values of a column in the rows of a window.</summary>
internal abstract class ColumnWindow
{
    /// <summary>Keeps the value of the row that the source shows.</summary>
    public abstract void Take(int slot);

    /// <summary>A window over a column whose type only the schema knows.</summary>
    public static ColumnWindow Open(DataViewRow source, DataViewSchema.Column column, int size)
    {
        var type = column.Type is VectorDataViewType vector
            ? typeof(VectorWindow<>).MakeGenericType(vector.ItemType.RawType)
            : typeof(ColumnWindow<>).MakeGenericType(column.Type.RawType);
        return (ColumnWindow)Activator.CreateInstance(type, source, column, size)!;
    }

    private sealed class VectorWindow<T>(DataViewRow source, DataViewSchema.Column column, int size)
        : ColumnWindow<VBuffer<T>>(source, column, size)
    {
        // Assigned, two vectors would share their arrays, and the next window would change what the caller holds.
        protected override void Copy(in VBuffer<T> from, ref VBuffer<T> to) => from.CopyTo(ref to);
    }
}

/// <summary>The values of a column with a known type.</summary>
internal class ColumnWindow<T>(DataViewRow source, DataViewSchema.Column column, int size) : ColumnWindow
{
    private readonly ValueGetter<T> _getter = source.GetGetter<T>(column);
    private readonly T[] _values = new T[size];
    private readonly ExceptionDispatchInfo?[] _errors = new ExceptionDispatchInfo?[size];

    /// <summary>An error is kept like a value: it belongs to its row, and to nobody who does not ask for it.</summary>
    public override void Take(int slot)
    {
        _errors[slot] = null;
        try
        {
            _getter(ref _values[slot]);
        }
        catch (Exception error)
        {
            _errors[slot] = ExceptionDispatchInfo.Capture(error);
        }
    }

    public void Read(int slot, ref T value)
    {
        _errors[slot]?.Throw();
        Copy(_values[slot], ref value);
    }

    protected virtual void Copy(in T from, ref T to) => to = from;
}
