using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLNet.Detection.Interop;

/// <summary>The names of the classes behind a column of masks.</summary>
internal static class MaskNames
{
    private const string Kind = "ClassNames";

    /// <summary>The annotation; class 1 of a mask is the first.</summary>
    public static DataViewSchema.Annotations Annotations(IReadOnlyList<string> names)
    {
        var values = names.Select(name => name.AsMemory()).ToArray();
        var annotations = new DataViewSchema.Annotations.Builder();
        if (values.Length > 0)
            annotations.Add(Kind, new VectorDataViewType(TextDataViewType.Instance, values.Length),
                (ref VBuffer<ReadOnlyMemory<char>> value) =>
                    new VBuffer<ReadOnlyMemory<char>>(values.Length, values).CopyTo(ref value));
        return annotations.ToAnnotations();
    }

    /// <summary>The names that a column carries; empty when it carries none.</summary>
    public static IReadOnlyList<string> Of(DataViewSchema.Column column)
    {
        if (column.Annotations.Schema.GetColumnOrNull(Kind) is null)
            return [];
        VBuffer<ReadOnlyMemory<char>> names = default;
        column.Annotations.GetValue(Kind, ref names);
        return [.. names.DenseValues().Select(name => name.ToString())];
    }
}
