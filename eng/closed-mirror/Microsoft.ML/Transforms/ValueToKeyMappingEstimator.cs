using Microsoft.ML.Data;
using Microsoft.ML.Internal;

namespace Microsoft.ML.Transforms;

/// <summary>Learns which values a column has, and maps each to a key.</summary>
public sealed partial class ValueToKeyMappingEstimator : IEstimator<ValueToKeyMappingTransformer>
{
    private readonly IReadOnlyList<InputOutputColumnPair> columns;
    private readonly int most;
    private readonly KeyOrdinality ordinality;
    private readonly IDataView keyData;

    internal ValueToKeyMappingEstimator(
        IReadOnlyList<InputOutputColumnPair> columns, int most, KeyOrdinality ordinality, IDataView keyData)
    {
        Check.Argument(keyData is null || keyData.Schema.Count == 1, nameof(keyData),
            $"Key data has one column, got {keyData?.Schema.Count}");
        Check.Argument(most > 0, nameof(most), $"Expected at least 1 key, got {most}");
        this.columns = columns;
        this.most = most;
        this.ordinality = ordinality;
        this.keyData = keyData;
    }

    public ValueToKeyMappingTransformer Fit(IDataView input)
    {
        Check.NotNull(input, nameof(input));
        return new(columns, [.. columns.Select(pair => Learn(input, pair.InputColumnName))]);
    }

    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        Check.NotNull(inputSchema, nameof(inputSchema));
        return inputSchema.With([.. columns.Select(pair => Output(inputSchema.Input(pair.InputColumnName), pair))]);
    }

    private static SchemaShape.Column Output(SchemaShape.Column input, InputOutputColumnPair pair)
    {
        Check.Argument(!input.IsKey, "inputSchema",
            $"The contract subset of ML.NET maps values, but column '{input.Name}' " +
            "is a key already; build with the Microsoft.ML package to map keys to keys");
        var values = new SchemaShape.Column(
            SchemaAnnotationsExtensions.KeyValues, SchemaShape.Column.VectorKind.Vector, input.ItemType, false,
                new([]));
        var slotNames = input.Annotations.Find(SchemaAnnotationsExtensions.SlotNames);
        SchemaShape annotations = slotNames is { } names ? new([names, values]) : new([values]);
        return new(pair.OutputColumnName, input.Kind, NumberDataViewType.UInt32, true, annotations);
    }

    private IValueTable Learn(IDataView input, string name)
    {
        var column = input.Schema.GetColumnOrNull(name) ?? throw Check.ColumnMissing("inputSchema", "input", name);
        var table = ValueTable.For(ValueTable.ItemOf(column));
        var (source, limit) = keyData is null ? (input, most) : (keyData, int.MaxValue);
        var values = keyData is null ? column : keyData.Schema[0];
        Check.Argument(ValueTable.ItemOf(values).Equals(ValueTable.ItemOf(column)), nameof(keyData),
            $"Key data is of type {values.Type}, but column '{name}' is of type {column.Type}");
        using var cursor = source.GetRowCursor([values]);
        table.Learn(cursor, values, limit);
        if (ordinality == KeyOrdinality.ByValue)
            table.Sort();
        return table;
    }
}
