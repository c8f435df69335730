namespace Microsoft.ML.Data;

/// <summary>All input columns, and columns that are each computed from one of them.</summary>
internal sealed class OneToOneMap(DataViewSchema input, IReadOnlyList<OneToOneColumn> columns)
    : RowMap(input, input, columns.Select(column => column.Output))
{
    protected override IEnumerable<int> Needs(int computed) => [columns[computed].Input];

    protected override Func<int, Delegate> Computing(DataViewRow input) => index => columns[index].Getter(input);
}
