using Microsoft.ML.Data;
using Microsoft.ML.Internal;
using Microsoft.ML.Runtime;

namespace Microsoft.ML;

public sealed partial class DataOperationsCatalog
{
    /// <summary>A view that keeps what was once read in memory.</summary>
    /// <param name="input">The rows.</param>
    /// <param name="columnsToPrefetch">Columns to read at once; the others are read when first needed.</param>
    public IDataView Cache(IDataView input, params string[] columnsToPrefetch)
    {
        Check.NotNull(input, nameof(input));
        return new CachedView(input, [.. (columnsToPrefetch ?? []).Select(name => input.Schema.GetColumnOrNull(name) ??
            throw Check.ColumnMissing(nameof(columnsToPrefetch), "prefetch", name))]);
    }

    /// <param name="input">The rows.</param>
    /// <param name="seed">Seed of the order; null takes one from the context.</param>
    /// <param name="shufflePoolSize">How many rows are held to draw the next one from.</param>
    /// <param name="shuffleSource">Whether the input is asked to shuffle too, where it can.</param>
    public IDataView ShuffleRows(
        IDataView input, int? seed = null, int shufflePoolSize = 1000, bool shuffleSource = true)
    {
        Check.NotNull(input, nameof(input));
        Check.Argument(shufflePoolSize > 0, nameof(shufflePoolSize),
            $"The pool holds at least 1 row, got {shufflePoolSize}");
        seed ??= ((Tausworthe)environment.Register("Shuffle").Rand).NextSigned();
        return new ShuffledView(input, seed.Value, shufflePoolSize, shuffleSource);
    }

    /// <summary>The rows after the first ones.</summary>
    public IDataView SkipRows(IDataView input, long count)
    {
        CheckCount(input, count);
        return new FilteredView(input, false, rows => Math.Max(0, rows - count), _ => false, _ =>
        {
            var seen = 0L;
            return () => ++seen > count;
        });
    }

    /// <summary>The first rows.</summary>
    public IDataView TakeRows(IDataView input, long count)
    {
        CheckCount(input, count);
        return new FilteredView(input, false, rows => Math.Min(rows, count), _ => false, _ => () => true, count);
    }

    /// <summary>The rows whose number is in [lowerBound, upperBound).</summary>
    public IDataView FilterRowsByColumn(IDataView input, string columnName,
        double lowerBound = double.NegativeInfinity, double upperBound = double.PositiveInfinity)
    {
        Check.NotNull(input, nameof(input));
        Check.Argument(lowerBound < upperBound, nameof(upperBound),
            $"Expected more than {lowerBound}, got {upperBound}");
        var column = input.Schema[columnName];
        if (column.Type != NumberDataViewType.Single && column.Type != NumberDataViewType.Double)
            throw Check.ColumnType(nameof(columnName), "filter", columnName, "Single or Double",
                column.Type.ToString());
        return new FilteredView(input, input.CanShuffle, _ => null, other => other.Index == column.Index, row =>
        {
            var value = Number(row, column);
            return () => lowerBound <= value() && value() < upperBound;
        });
    }

    private static Func<double> Number(DataViewRow row, DataViewSchema.Column column)
    {
        if (column.Type == NumberDataViewType.Double)
        {
            var getDouble = row.GetGetter<double>(column);
            return () =>
            {
                var value = 0d;
                getDouble(ref value);
                return value;
            };
        }
        var getSingle = row.GetGetter<float>(column);
        return () =>
        {
            var value = 0f;
            getSingle(ref value);
            return value;
        };
    }

    private static void CheckCount(IDataView input, long count)
    {
        Check.NotNull(input, nameof(input));
        Check.Argument(count > 0, nameof(count), $"Expected more than 0 rows, got {count}");
    }
}
