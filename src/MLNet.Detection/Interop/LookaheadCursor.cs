using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLNet.Detection.Interop;

/// <summary>
/// Shows the rows of a cursor one by one, but reads a window of them at once, so that something computed from several
/// rows together can be shown row by row. The values of the window are kept by column: a second cursor that runs in
/// step would read everything twice and would go astray over a source that changes or shuffles itself.
/// </summary>
internal sealed class LookaheadCursor : DataViewRowCursor
{
    private readonly DataViewRowCursor _source;
    private readonly ColumnWindow?[] _columns;
    private readonly (long Position, long Batch, DataViewRowId Id)[] _rows;
    private readonly ValueGetter<DataViewRowId> _id;
    private bool _ended;

    /// <param name="source">The rows; owned.</param>
    /// <param name="columns">Its active columns.</param>
    /// <param name="size">Rows of a window, at least 1.</param>
    public LookaheadCursor(DataViewRowCursor source, IEnumerable<DataViewSchema.Column> columns, int size)
    {
        (_source, _rows, _id) = (source, new (long, long, DataViewRowId)[size], source.GetIdGetter());
        _columns = new ColumnWindow?[source.Schema.Count];
        foreach (var column in columns)
            _columns[column.Index] = ColumnWindow.Open(source, column, size);
    }

    /// <summary>Rows in the window.</summary>
    public int Count { get; private set; }

    /// <summary>The row shown, from 0.</summary>
    public int Slot { get; private set; } = -1;

    public override long Position => Slot < 0 ? -1 : _rows[Slot].Position;

    public override long Batch => Slot < 0 ? 0 : _rows[Slot].Batch;

    public override DataViewSchema Schema => _source.Schema;

    /// <summary>The position of a row of the window.</summary>
    public long PositionOf(int slot) => _rows[slot].Position;

    /// <summary>Reads a column in any row of the window; what the source threw for it is thrown here.</summary>
    public void Read<T>(DataViewSchema.Column column, int slot, ref T value) => Window<T>(column).Read(slot, ref value);

    /// <summary>The same without a copy, for reading at once.</summary>
    public T Peek<T>(DataViewSchema.Column column, int slot) => Window<T>(column).Peek(slot);

    public override bool MoveNext()
    {
        if (Slot + 1 < Count)
            Slot++;
        else if (Fill() == 0)
            return false;
        else
            Slot = 0;
        return true;
    }

    public override bool IsColumnActive(DataViewSchema.Column column) => _columns[column.Index] is not null;

    public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId id) => id = _rows[Slot].Id;

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        var window = Window<TValue>(column);
        return (ref TValue value) => window.Read(Slot, ref value);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _source.Dispose();
        base.Dispose(disposing);
    }

    private int Fill()
    {
        for (Count = 0; Count < _rows.Length && !_ended; Count++)
        {
            if (_ended = !_source.MoveNext())
                break;
            _rows[Count] = (_source.Position, _source.Batch, default);
            _id(ref _rows[Count].Id);
            foreach (var column in _columns)
                column?.Take(Count);
        }
        return Count;
    }

    private ColumnWindow<T> Window<T>(DataViewSchema.Column column) => _columns[column.Index] switch
    {
        ColumnWindow<T> window => window,
        null => throw new InvalidOperationException(
            $"The column {column.Name} is not active; name it when asking for the cursor."),
        _ => throw new InvalidOperationException(
            $"The column {column.Name} is {Schema[column.Index].Type.RawType}, not {typeof(T)}."),
    };
}
