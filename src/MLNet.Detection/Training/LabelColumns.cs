using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;
using MLNet.Detection.Data;
using MLNet.Detection.Interop;

namespace MLNet.Detection.Training;

/// <summary>Names of the columns that training reads.</summary>
/// <param name="Image">Vector of bytes: the image file; or <see cref="MLImage"/>; or the <see cref="Images.RgbImage"/> of the
/// estimators for pictures, such as <c>RandomHorizontalFlip</c>. The view is read once: what such steps changed is the same in all
/// epochs.</param>
/// <param name="Label">Vector of keys, one a box.</param>
/// <param name="BoundingBoxes">Vector of floats, x0 y0 x1 y1 of each box in original pixels.</param>
public sealed record LabelColumns(
    string Image = DetectionColumns.Image, string Label = DetectionColumns.Label,
    string BoundingBoxes = DetectionColumns.BoundingBoxes)
{
    /// <summary>
    /// Class names, from the key values of the label column; "class 1", "class 2" and so on where it has none.
    /// </summary>
    /// <exception cref="ArgumentException">A column is missing or of another type.</exception>
    public IReadOnlyList<string> ClassNames(DataViewSchema schema)
    {
        if (schema.GetColumnOrNull(Image)?.Type is not (ImageDataViewType or PictureDataViewType))
            Require(schema, Image, item => item == NumberDataViewType.Byte,
                "a vector of bytes (the image file), MLImage or RgbImage");
        Require(schema, BoundingBoxes, item => item == NumberDataViewType.Single,
            "a vector of floats (x0 y0 x1 y1 of each box)");
        RequirePictureOfBoxes(schema);
        var label = Require(schema, Label, item => item is KeyDataViewType,
            "a vector of keys (one a box); map text labels with MapValueToKey");
        if (KeyNames.Of(label) is { Count: > 0 } names)
            return names;
        var keys = (KeyDataViewType)((VectorDataViewType)label.Type).ItemType;
        return [.. Enumerable.Range(1, checked((int)keys.Count)).Select(i => $"class {i}")];
    }

    /// <summary>
    /// The class of each key, from 0, by its name; -1 for a name that the detector does not have. By number where the
    /// column has no names.
    /// </summary>
    internal int[] ClassesOf(DataViewSchema schema, IReadOnlyList<string> classes)
    {
        var names = ClassNames(schema);
        var hasNames = KeyNames.Of(schema[Label]).Count > 0;
        return [.. names.Select((name, i) => hasNames ? classes.ToList().IndexOf(name) : i < classes.Count ? i : -1)];
    }

    /// <summary>Names of classes of the data that a model does not have.</summary>
    internal IReadOnlyList<string> Unknown(DataViewSchema schema, IReadOnlyList<string> classes)
    {
        var found = ClassesOf(schema, classes);
        return [.. ClassNames(schema).Where((_, i) => found[i] < 0)];
    }

    // A step that changes pictures and boxes together hides the columns that it replaces.
    private void RequirePictureOfBoxes(DataViewSchema schema)
    {
        bool IsReplaced(string name) => schema.Any(column => column.IsHidden && column.Name == name);
        if (IsReplaced(BoundingBoxes) && !IsReplaced(Image) && schema.FirstOrDefault(column => !column.IsHidden
            && column.Type is PictureDataViewType && IsReplaced(column.Name)) is { Name: { } changed })
            throw new ArgumentException($"Column '{BoundingBoxes}' has boxes of the pictures in '{changed}', which a step before "
                + $"changed together with them, but '{Image}' is read. Name '{changed}' as the image (Columns = new(Image: "
                + $"\"{changed}\")), or leave those steps out and give Augmentations, which change pictures anew in each epoch.");
    }

    private static DataViewSchema.Column Require(
        DataViewSchema schema, string name, Func<PrimitiveDataViewType, bool> fits, string expected)
    {
        var column = schema.GetColumnOrNull(name) ?? throw new ArgumentException(
            $"Column '{name}' is missing; the data has {string.Join(", ", schema.Select(c => c.Name))}. "
            + $"Expected {expected}.");
        return column.Type is VectorDataViewType vector && fits(vector.ItemType) ? column
            : throw new ArgumentException($"Column '{name}' is {column.Type}, expected {expected}.");
    }
}
