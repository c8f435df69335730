namespace Microsoft.ML.Data;

/// <summary>Draws rows from a pool that is kept full from an input cursor.</summary>
internal sealed class PoolCursor : RootCursor
{
    private readonly DataViewRowCursor input;
    private readonly Random random;
    private readonly IColumnPool[] columns;
    private readonly ColumnPool<DataViewRowId> ids;

    // Slots in the order in which their rows were read; the first one is the current row's after a draw.
    private readonly int[] ring;
    private int first;
    private int count;
    private bool drawn;

    public PoolCursor(DataViewRowCursor input, IEnumerable<DataViewSchema.Column> active, int poolRows, Random random)
        : base(input.Schema, active)
    {
        this.input = input;
        this.random = random;
        ring = [.. Enumerable.Range(0, poolRows)];
        columns = [.. Schema.Where(IsColumnActive).Select(column => (IColumnPool)Internal.ByType.Call(
            Pool<int>, column.Type.RawType, column))];
        ids = new(input.GetIdGetter(), poolRows, RowId);
    }

    public override ValueGetter<DataViewRowId> GetIdGetter() => (ValueGetter<DataViewRowId>)ids.Getter(Current);

    protected override bool Advance()
    {
        if (drawn)
        {
            first = (first + 1) % ring.Length;
            count--;
        }
        while (count < ring.Length && input.MoveNext())
            Read(ring[(first + count++) % ring.Length]);
        if (count == 0)
            return false;
        var chosen = (first + random.Next(count)) % ring.Length;
        (ring[first], ring[chosen]) = (ring[chosen], ring[first]);
        return drawn = true;
    }

    protected override Delegate CreateGetter(int column) =>
        columns.First(pool => pool.Column == column).Getter(Current);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            input.Dispose();
        base.Dispose(disposing);
    }

    private const int RowId = -1;

    private ColumnPool<T> Pool<T>(DataViewSchema.Column column) =>
        new(input.GetGetter<T>(column), ring.Length, column.Index);

    private int Current()
    {
        CheckOnRow();
        return ring[first];
    }

    private void Read(int slot)
    {
        foreach (var column in columns)
            column.Read(slot);
        ids.Read(slot);
    }
}
