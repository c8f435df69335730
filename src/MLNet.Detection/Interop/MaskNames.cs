using Microsoft.ML;

namespace MLNet.Detection.Interop;

/// <summary>The names of the classes behind a column of masks.</summary>
internal static class MaskNames
{
    private const string Kind = "ClassNames";

    /// <summary>The annotation; class 1 of a mask is the first.</summary>
    public static DataViewSchema.Annotations Annotations(IReadOnlyList<string> names) => NameAnnotations.Of(Kind, names);

    /// <summary>The names that a column carries; empty when it carries none.</summary>
    public static IReadOnlyList<string> Of(DataViewSchema.Column column) => NameAnnotations.Read(column, Kind);
}
