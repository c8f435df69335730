using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;
using MLNet.Detection.Data;
using MLNet.Detection.Interop;

namespace MLNet.Detection.Training;

/// <summary>Names of the columns that the training of segmentation reads.</summary>
/// <param name="Image">Vector of bytes: the image file; or <see cref="MLImage"/>.</param>
/// <param name="Mask">Vector of bytes: a PNG of the map of labels, or the class of each pixel of the upright picture, row by
/// row; 0 for background, 255 for pixels that do not count. The names of the classes are its key names, class 1 first.</param>
/// <param name="Instances">Vector of ushort, the object of each pixel; the column may be missing.</param>
public sealed record MaskColumns(
    string Image = DetectionColumns.Image, string Mask = DetectionColumns.Mask,
    string Instances = DetectionColumns.Instances)
{
    /// <summary>The names of the classes as the mask column has them; empty where it does not say them.</summary>
    /// <exception cref="ArgumentException">A column is missing or of another type.</exception>
    public IReadOnlyList<string> ClassNames(DataViewSchema schema)
    {
        var image = schema.GetColumnOrNull(Image);
        if (image?.Type is not ImageDataViewType && !IsVector(image, NumberDataViewType.Byte))
            throw Unfit(schema, Image, image, "a vector of bytes (the image file) or MLImage");
        var mask = schema.GetColumnOrNull(Mask);
        if (!IsVector(mask, NumberDataViewType.Byte))
            throw Unfit(schema, Mask, mask, "a vector of bytes (a PNG with the class of each pixel, or these numbers)");
        if (schema.GetColumnOrNull(Instances) is { } instances && !IsVector(instances, NumberDataViewType.UInt16))
            throw Unfit(schema, Instances, instances, "a vector of ushort (the object of each pixel)");
        return MaskNames.Of(mask!.Value);
    }

    private static bool IsVector(DataViewSchema.Column? column, DataViewType item) =>
        column?.Type is VectorDataViewType vector && vector.ItemType == item;

    private static ArgumentException Unfit(
        DataViewSchema schema, string name, DataViewSchema.Column? found, string expected) => new(found is null
        ? $"Column '{name}' is missing; the data has {string.Join(", ", schema.Select(c => c.Name))}. Expected {expected}."
        : $"Column '{name}' is {found.Value.Type}, expected {expected}.");
}
