using Microsoft.ML.Transforms;

namespace Microsoft.ML;

/// <summary>Estimators that copy, drop and keep columns.</summary>
public static class TransformExtensionsCatalog
{
    public static ColumnCopyingEstimator CopyColumns(
        this TransformsCatalog catalog, string outputColumnName, string inputColumnName) =>
        new(new InputOutputColumnPair(outputColumnName, inputColumnName));

    public static ColumnSelectingEstimator DropColumns(this TransformsCatalog catalog, params string[] columnNames) =>
        new(columnNames, drop: true, keepHidden: false);

    /// <param name="catalog">The catalog.</param>
    /// <param name="columnNames">The columns to keep, in their new order.</param>
    /// <param name="keepHidden">Whether columns hidden by later ones of the same name are kept too.</param>
    public static ColumnSelectingEstimator SelectColumns(
        this TransformsCatalog catalog, string[] columnNames, bool keepHidden) =>
        new(columnNames, drop: false, keepHidden);

    public static ColumnSelectingEstimator SelectColumns(this TransformsCatalog catalog, params string[] columnNames) =>
        new(columnNames, drop: false, keepHidden: false);
}
