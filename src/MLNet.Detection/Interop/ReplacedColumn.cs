using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLNet.Detection.Interop;

/// <summary>A column that a transformer gives new values.</summary>
/// <param name="Name">The column's name.</param>
/// <param name="KeepsLength">Whether a vector keeps its length; otherwise it becomes one of any length.</param>
internal sealed record ReplacedColumn(string Name, bool KeepsLength = false)
{
    /// <summary>Type and annotations as in the schema; null where it lacks the column.</summary>
    public DataViewSchema.DetachedColumn? In(DataViewSchema schema) =>
        schema.GetColumnOrNull(Name) is not { } column ? null
        : column.Type is VectorDataViewType vector && !KeepsLength
            ? new(Name, new VectorDataViewType(vector.ItemType), column.Annotations)
            : new(Name, column.Type, column.Annotations);
}
