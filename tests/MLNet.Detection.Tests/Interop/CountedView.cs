using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLNet.Detection.Tests.Interop;

/// <summary>Passes a view on and counts what is asked of it.</summary>
internal sealed class CountedView(IDataView source) : IDataView
{
    /// <summary>Rows that cursors have moved to.</summary>
    public int Rows { get; private set; }

    /// <summary>Values read, by column.</summary>
    public Dictionary<string, int> Values { get; } = [];

    /// <summary>The columns that the last cursor was asked for.</summary>
    public string[] Active { get; private set; } = [];

    public bool CanShuffle => source.CanShuffle;

    public DataViewSchema Schema => source.Schema;

    public long? GetRowCount() => source.GetRowCount();

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
    {
        Active = [.. columnsNeeded.Select(column => column.Name)];
        return new Cursor(this, source.GetRowCursor(columnsNeeded, rand));
    }

    public DataViewRowCursor[] GetRowCursorSet(
        IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) =>
            [GetRowCursor(columnsNeeded, rand)];

    private sealed class Cursor(CountedView view, DataViewRowCursor source) : DataViewRowCursor
    {
        public override long Position => source.Position;

        public override long Batch => source.Batch;

        public override DataViewSchema Schema => source.Schema;

        public override bool MoveNext()
        {
            var moved = source.MoveNext();
            view.Rows += moved ? 1 : 0;
            return moved;
        }

        public override bool IsColumnActive(DataViewSchema.Column column) => source.IsColumnActive(column);

        public override ValueGetter<DataViewRowId> GetIdGetter() => source.GetIdGetter();

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
        {
            var getter = source.GetGetter<TValue>(column);
            return (ref TValue value) =>
            {
                view.Values[column.Name] = view.Values.GetValueOrDefault(column.Name) + 1;
                getter(ref value);
            };
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                source.Dispose();
            base.Dispose(disposing);
        }
    }
}
