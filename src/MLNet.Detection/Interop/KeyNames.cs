using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLNet.Detection.Interop;

/// <summary>The names behind a column of keys.</summary>
internal static class KeyNames
{
    private const string KeyValues = "KeyValues";

    /// <summary>A variable vector of keys with these names; key 1 is the first.</summary>
    public static DataViewSchema.DetachedColumn Column(string column, IReadOnlyList<string> names)
    {
        var key = new KeyDataViewType(typeof(uint), Math.Max(1, names.Count));
        return new(column, new VectorDataViewType(key), NameAnnotations.Of(KeyValues, names));
    }

    /// <summary>The names that a column carries; empty when it carries none.</summary>
    public static IReadOnlyList<string> Of(DataViewSchema.Column column)
    {
        if (!column.HasKeyValues())
            return [];
        VBuffer<ReadOnlyMemory<char>> names = default;
        column.GetKeyValues(ref names);
        return [.. names.DenseValues().Select(name => name.ToString())];
    }
}
