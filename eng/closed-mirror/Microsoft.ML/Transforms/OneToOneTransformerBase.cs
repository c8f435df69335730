using Microsoft.ML.Internal;

namespace Microsoft.ML.Data;

/// <summary>A transformer that makes one new column out of one other, any number of times.</summary>
public abstract class OneToOneTransformerBase : RowToRowTransformerBase
{
    private protected OneToOneTransformerBase(IReadOnlyList<InputOutputColumnPair> columns)
    {
        Columns = columns;
    }

    internal IReadOnlyList<InputOutputColumnPair> Columns { get; }

    private protected override RowMap MakeMap(DataViewSchema inputSchema) => new OneToOneMap(
        inputSchema, [.. Columns.Select((pair, index) =>
            Column(pair.OutputColumnName, index, Input(inputSchema, pair)))]);

    /// <summary>The new column, and the getter of its values.</summary>
    private protected abstract OneToOneColumn Column(string name, int index, DataViewSchema.Column input);

    private static DataViewSchema.Column Input(DataViewSchema schema, InputOutputColumnPair pair) =>
        schema.GetColumnOrNull(pair.InputColumnName) ??
        throw Check.ColumnMissing("inputSchema", "input", pair.InputColumnName);
}
