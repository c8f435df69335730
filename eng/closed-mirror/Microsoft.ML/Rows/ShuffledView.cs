using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>
/// Rows in random order: each next row is drawn from a pool of rows read ahead. Every enumeration of one view has the
/// same order unless the caller brings random numbers.
/// </summary>
internal sealed class ShuffledView(IDataView source, int seed, int poolRows, bool shuffleSource) : View(source.Schema)
{
    public override bool CanShuffle => true;

    public override long? GetRowCount() => source.GetRowCount();

    public override DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random rand = null)
    {
        var random = rand ?? new Tausworthe(seed);
        var input = source.GetRowCursor(columnsNeeded, shuffleSource ? new Tausworthe(random) : null);
        return poolRows == 1 ? input : new PoolCursor(input, columnsNeeded, poolRows, random);
    }
}
