using Microsoft.ML.Internal;

namespace Microsoft.ML.Data;

/// <summary>Fills objects from the rows of a view.</summary>
internal sealed class ObjectReader<TRow> where TRow : class
{
    private readonly (int Column, Member Member)[] bindings;

    public ObjectReader(DataViewSchema schema, bool ignoreMissingColumns, SchemaDefinition definition)
    {
        bindings = [.. BoundColumn.Bind(typeof(TRow), definition, SchemaDefinition.Direction.Write)
            .Where(column => !ignoreMissingColumns || schema.GetColumnOrNull(column.Name) != null)
            .Select(column => (Find(schema, column), column.Member))];
    }

    public bool Needs(DataViewSchema.Column column) => bindings.Any(binding => binding.Column == column.Index);

    public Action<TRow> FillerFor(DataViewRow row)
    {
        var fillers = bindings.Select(binding =>
            MemberValue.Filler<TRow>(row, binding.Column, binding.Member)).ToArray();
        return target =>
        {
            foreach (var fill in fillers)
                fill(target);
        };
    }

    private static int Find(DataViewSchema schema, BoundColumn bound)
    {
        var column = schema.GetColumnOrNull(bound.Name) ?? throw Check.ColumnMissing("Schema", "", bound.Name);
        Check.State(MemberValue.Fits(column.Type, bound.Member),
            $"Can't bind the IDataView column '{bound.Name}' of type " +
            $"'{column.Type}' to field or property '{bound.Member.Name}' of type '{bound.Member.Type}'.");
        return column.Index;
    }
}
