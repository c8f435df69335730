using Microsoft.ML;

namespace MLNet.Detection.Interop;

/// <summary>The columns that a transformer adds to the row it was opened over: computed together, once a row, when the
/// first of them is asked for.</summary>
internal abstract class RowValues(DataViewRow input) : IDisposable
{
    private long _computed = long.MinValue;

    /// <summary>The row that the values follow.</summary>
    protected DataViewRow Input => input;

    /// <summary>The getter of an added column, a <see cref="ValueGetter{TValue}"/> of its raw type.</summary>
    public abstract Delegate Getter(int added);

    public virtual void Dispose()
    {
    }

    /// <summary>Computes all added columns of the row as it stands.</summary>
    protected abstract void Compute();

    /// <summary>A getter that computes first where the row has moved.</summary>
    protected ValueGetter<T> Computed<T>(ValueGetter<T> read) => (ref T value) =>
    {
        if (input.Position != _computed)
        {
            Compute();
            _computed = input.Position;
        }
        read(ref value);
    };
}
