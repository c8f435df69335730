using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Detection.Data;

namespace MLNet.Detection.Training;

/// <summary>Names of the columns that training reads.</summary>
/// <param name="Image">Vector of bytes: the encoded picture.</param>
/// <param name="Label">Vector of keys, one a box.</param>
/// <param name="BoundingBoxes">Vector of floats, x0 y0 x1 y1 of each box in original pixels.</param>
public sealed record LabelColumns(
    string Image = DetectionColumns.Image, string Label = DetectionColumns.Label, string BoundingBoxes = DetectionColumns.BoundingBoxes)
{
    /// <summary>Class names, from the key values of the label column.</summary>
    /// <exception cref="ArgumentException">A column is missing or of another type.</exception>
    public IReadOnlyList<string> ClassNames(DataViewSchema schema)
    {
        Require(schema, Image, type => type is VectorDataViewType { ItemType: var item } && item == NumberDataViewType.Byte,
            "a vector of bytes (the encoded picture)");
        Require(schema, BoundingBoxes, type => type is VectorDataViewType { ItemType: var item } && item == NumberDataViewType.Single,
            "a vector of floats (x0 y0 x1 y1 of each box)");
        var label = Require(schema, Label, type => type is VectorDataViewType { ItemType: KeyDataViewType },
            "a vector of keys (one a box); map text labels with MapValueToKey");
        if (!label.HasKeyValues())
            return [.. Enumerable.Range(1, checked((int)((KeyDataViewType)((VectorDataViewType)label.Type).ItemType).Count)).Select(i => $"class {i}")];
        var names = default(VBuffer<ReadOnlyMemory<char>>);
        label.GetKeyValues(ref names);
        return [.. names.DenseValues().Select(name => name.ToString())];
    }

    private static DataViewSchema.Column Require(DataViewSchema schema, string name, Func<DataViewType, bool> fits, string expected)
    {
        var column = schema.GetColumnOrNull(name) ?? throw new ArgumentException(
            $"Column '{name}' is missing; the data has {string.Join(", ", schema.Select(c => c.Name))}. Expected {expected}.");
        return fits(column.Type) ? column : throw new ArgumentException($"Column '{name}' is {column.Type}, expected {expected}.");
    }
}
