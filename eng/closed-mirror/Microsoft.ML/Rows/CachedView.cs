using Microsoft.ML.Internal;

namespace Microsoft.ML.Data;

/// <summary>
/// Keeps columns in memory once they were read: the first cursor that needs one reads it for all rows.
/// </summary>
internal sealed class CachedView : View
{
    private readonly IDataView source;
    private readonly IColumnCache[] columns;
    private readonly ColumnCache<DataViewRowId> ids = new(row => row.GetIdGetter());
    private readonly Lock filling = new();

    public CachedView(IDataView source, params DataViewSchema.Column[] prefetch) : base(source.Schema)
    {
        this.source = source;
        columns = [.. Schema.Select(column => (IColumnCache)ByType.Call(Empty<int>, column.Type.RawType, column))];
        if (prefetch.Length > 0)
            Fill(prefetch);
    }

    public override bool CanShuffle => true;

    public override long? GetRowCount() => ids.IsFull ? ids.Count : source.GetRowCount();

    public override DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random rand = null)
    {
        DataViewSchema.Column[] needed = [.. columnsNeeded];
        Fill(needed);
        var order = Enumerable.Range(0, ids.Count).ToArray();
        for (var i = 0; rand != null && i < order.Length; i++)
        {
            var other = i + rand.Next(order.Length - i);
            (order[i], order[other]) = (order[other], order[i]);
        }
        return new CachedCursor(Schema, needed, columns, ids, order);
    }

    private void Fill(DataViewSchema.Column[] needed)
    {
        lock (filling)
        {
            var missing = needed.Where(column => !columns[column.Index].IsFull).ToArray();
            if (missing.Length == 0 && ids.IsFull)
                return;
            using var cursor = source.GetRowCursor(missing);
            var caches = missing.Select(column => columns[column.Index]).ToList();
            if (!ids.IsFull)
                caches.Add(ids);
            foreach (var cache in caches)
                cache.Begin(cursor);
            while (cursor.MoveNext())
                foreach (var cache in caches)
                    cache.Add();
            foreach (var cache in caches)
                cache.End();
        }
    }

    private static ColumnCache<T> Empty<T>(DataViewSchema.Column column) => new(row => row.GetGetter<T>(column));
}
