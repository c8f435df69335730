using System.Collections.Immutable;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLNet.Detection.Data;

/// <summary>Visits the images of a data set in a given order.</summary>
internal sealed class DetectionCursor(
    DataViewSchema schema, DetectionColumn[] columns, bool[] active, ImmutableArray<LabeledImage> images, int[] order)
    : DataViewRowCursor
{
    private long _position = -1;

    public override long Position => _position;

    public override long Batch => 0;

    public override DataViewSchema Schema => schema;

    private int Current => _position >= 0 && _position < order.Length ? order[_position]
        : throw new InvalidOperationException(
            $"The cursor stands {(_position < 0 ? "before its first" : "behind its last")} row; "
            + "values exist after MoveNext gave true.");

    public override bool MoveNext() => _position < order.Length && ++_position < order.Length;

    public override bool IsColumnActive(DataViewSchema.Column column) => active[column.Index];

    /// <summary>The image's index in the data set, the same in every order.</summary>
    public override ValueGetter<DataViewRowId> GetIdGetter() =>
        (ref DataViewRowId id) => id = new DataViewRowId((ulong)Current, 0);

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        var (name, type, read, _) = columns[column.Index];
        if (!active[column.Index])
            throw new InvalidOperationException(
                $"The column {name} is not active; name it when asking for the cursor.");
        if (read is not DetectionColumn.Reader<TValue> reader)
            throw new InvalidOperationException($"The column {name} is {type.RawType}, not {typeof(TValue)}.");
        return (ref TValue value) => reader(images[Current], ref value);
    }
}
