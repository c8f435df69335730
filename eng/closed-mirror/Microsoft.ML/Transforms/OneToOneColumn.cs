namespace Microsoft.ML.Data;

/// <summary>A column computed from one input column.</summary>
internal sealed record OneToOneColumn(
    DataViewSchema.DetachedColumn Output, int Input, Func<DataViewRow, Delegate> Getter);
