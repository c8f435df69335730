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
        var values = names.Select(name => name.AsMemory()).ToArray();
        var annotations = new DataViewSchema.Annotations.Builder();
        if (values.Length > 0)
            annotations.Add(KeyValues, new VectorDataViewType(TextDataViewType.Instance, values.Length),
                (ref VBuffer<ReadOnlyMemory<char>> value) =>
                    new VBuffer<ReadOnlyMemory<char>>(values.Length, values).CopyTo(ref value));
        var key = new KeyDataViewType(typeof(uint), Math.Max(1, values.Length));
        return new(column, new VectorDataViewType(key), annotations.ToAnnotations());
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
