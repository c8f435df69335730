using Microsoft.ML.Data;

namespace Microsoft.ML.Transforms;

/// <summary>The values that keys stand for.</summary>
internal interface IValueTable
{
    PrimitiveDataViewType ItemType { get; }

    int Count { get; }

    void Learn(DataViewRowCursor cursor, DataViewSchema.Column column, int most);

    void Sort();

    /// <summary>A getter of keys for the values of a column.</summary>
    Delegate KeyGetter(DataViewRow row, DataViewSchema.Column column);

    void Annotate(DataViewSchema.Annotations.Builder annotations);
}
