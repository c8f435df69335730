namespace Microsoft.ML.Data;

/// <summary>Some of the input columns, and no other ones.</summary>
internal sealed class SelectionMap(DataViewSchema input, IEnumerable<DataViewSchema.Column> kept)
    : RowMap(input, kept, [])
{
    protected override IEnumerable<int> Needs(int computed) => [];

    protected override Func<int, Delegate> Computing(DataViewRow input) =>
        index => throw new ArgumentOutOfRangeException(nameof(index), "A selection computes no columns");
}
