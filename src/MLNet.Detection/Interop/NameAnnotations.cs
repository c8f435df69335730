using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLNet.Detection.Interop;

/// <summary>Names that a column carries as an annotation of some kind.</summary>
internal static class NameAnnotations
{
    /// <summary>The annotation; without names there is none.</summary>
    public static DataViewSchema.Annotations Of(string kind, IReadOnlyList<string> names)
    {
        var values = names.Select(name => name.AsMemory()).ToArray();
        var annotations = new DataViewSchema.Annotations.Builder();
        if (values.Length > 0)
            annotations.Add(kind, new VectorDataViewType(TextDataViewType.Instance, values.Length),
                (ref VBuffer<ReadOnlyMemory<char>> value) =>
                    new VBuffer<ReadOnlyMemory<char>>(values.Length, values).CopyTo(ref value));
        return annotations.ToAnnotations();
    }

    /// <summary>The names that a column carries; empty when it carries none.</summary>
    public static IReadOnlyList<string> Read(DataViewSchema.Column column, string kind)
    {
        if (column.Annotations.Schema.GetColumnOrNull(kind) is null)
            return [];
        VBuffer<ReadOnlyMemory<char>> names = default;
        column.Annotations.GetValue(kind, ref names);
        return [.. names.DenseValues().Select(name => name.ToString())];
    }
}
