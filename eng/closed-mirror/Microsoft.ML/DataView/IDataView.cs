namespace Microsoft.ML;

/// <summary>Rows under a schema, read lazily by cursors, any number of times.</summary>
public interface IDataView
{
    /// <summary>Whether a cursor honours its random source.</summary>
    bool CanShuffle { get; }

    DataViewSchema Schema { get; }

    /// <summary>How many rows there are, or null when only reading them all would tell.</summary>
    long? GetRowCount();

    /// <param name="columnsNeeded">The only columns that need be active.</param>
    /// <param name="rand">Asks for a shuffled order where <see cref="CanShuffle"/>.</param>
    DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random rand = null);

    /// <summary>Cursors for parallel reading; together they see each row once. One cursor is always allowed.</summary>
    DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random rand = null);
}
