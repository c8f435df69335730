using System.Runtime.ExceptionServices;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace MLNet.Detection.Interop;

/// <summary>The values of a column in the rows of a window.</summary>
internal abstract class ColumnWindow
{
    /// <summary>Keeps the value of the row that the source shows.</summary>
    public abstract void Take(int slot);

    /// <summary>A window over a column whose type only the schema knows.</summary>
    public static ColumnWindow Open(DataViewRow source, DataViewSchema.Column column, int size)
    {
        if (column.Type is ImageDataViewType)
            return new ImageWindow(source, column, size);
        var type = column.Type is VectorDataViewType vector
            ? typeof(VectorWindow<>).MakeGenericType(vector.ItemType.RawType)
            : typeof(ColumnWindow<>).MakeGenericType(column.Type.RawType);
        return (ColumnWindow)Activator.CreateInstance(type, source, column, size)!;
    }

    // The window's images are its own: their source disposes them when the next window is read, and who reads a row may
    // dispose what he gets, as ML.NET's ExtractPixels does.
    private sealed class ImageWindow(DataViewRow source, DataViewSchema.Column column, int size)
        : ColumnWindow<MLImage>(source, column, size)
    {
        protected override void Copy(in MLImage from, ref MLImage to) => to = from is null ? null! : RowImage.Copy(from);
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

    /// <summary>The window's own value, which is gone with the next window.</summary>
    public T Peek(int slot)
    {
        _errors[slot]?.Throw();
        return _values[slot];
    }

    public void Read(int slot, ref T value)
    {
        _errors[slot]?.Throw();
        Copy(_values[slot], ref value);
    }

    protected virtual void Copy(in T from, ref T to) => to = from;
}
