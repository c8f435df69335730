using Microsoft.ML.Internal;

namespace Microsoft.ML.Data;

/// <summary>The getters of a row's active columns, each made when first asked for.</summary>
internal sealed class Getters(
    DataViewSchema schema, IEnumerable<DataViewSchema.Column> active, Func<int, Delegate> make)
{
    private readonly Delegate[] made = new Delegate[schema.Count];
    private readonly bool[] isActive = Flags(schema, active);

    public bool IsActive(DataViewSchema.Column column)
    {
        Check.State(column.Index < isActive.Length, $"The schema has {schema.Count} columns, got index {column.Index}");
        return isActive[column.Index];
    }

    public ValueGetter<TValue> Get<TValue>(DataViewSchema.Column column)
    {
        Check.Argument(column.Index < isActive.Length && isActive[column.Index], nameof(column),
            $"Column '{column.Name}' is not active; name it among the columns needed when the cursor is made");
        return (made[column.Index] ??= make(column.Index)) as ValueGetter<TValue> ??
            throw new InvalidOperationException($"Column '{column.Name}' holds {schema[column.Index].Type.RawType}, " +
                $"but a getter of {typeof(TValue)} was asked for");
    }

    public static bool[] Flags(DataViewSchema schema, IEnumerable<DataViewSchema.Column> active)
    {
        Check.NotNull(active, nameof(active));
        var flags = new bool[schema.Count];
        foreach (var column in active)
            flags[column.Index] = true;
        return flags;
    }

    /// <summary>The getter of a column whose type only the schema knows.</summary>
    public static Delegate Of(DataViewRow row, int column) =>
        (Delegate)ByType.Call(row.GetGetter<int>, row.Schema[column].Type.RawType, row.Schema[column]);
}
