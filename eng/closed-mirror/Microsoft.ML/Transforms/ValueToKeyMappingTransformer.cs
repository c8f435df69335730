using Microsoft.ML.Data;
using Microsoft.ML.Internal;

namespace Microsoft.ML.Transforms;

/// <summary>Maps values to keys.</summary>
public sealed class ValueToKeyMappingTransformer : OneToOneTransformerBase
{
    private readonly IReadOnlyList<IValueTable> tables;

    internal ValueToKeyMappingTransformer(IReadOnlyList<InputOutputColumnPair> columns,
        IReadOnlyList<IValueTable> tables)
        : base(columns)
    {
        this.tables = tables;
    }

    private protected override OneToOneColumn Column(string name, int index, DataViewSchema.Column input)
    {
        var table = tables[index];
        Check.State(table.ItemType.Equals(ValueTable.ItemOf(input)),
            $"Could not apply a map over type '{table.ItemType}' " +
            $"to column '{input.Name}' since it has type '{input.Type}'");
        var key = new KeyDataViewType(typeof(uint), Math.Max(1, table.Count));
        DataViewType type = input.Type is VectorDataViewType vector
            ? new VectorDataViewType(key, vector.Dimensions)
            : key;
        var annotations = new DataViewSchema.Annotations.Builder();
        table.Annotate(annotations);
        annotations.Add(input.Annotations, kind => kind == SchemaAnnotationsExtensions.SlotNames);
        return new(new(name, type, annotations.ToAnnotations()), input.Index,
            row => table.KeyGetter(row, row.Schema[input.Index]));
    }
}
