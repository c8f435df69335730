namespace MLNet.Detection.Data;

/// <summary>
/// The column names of <see cref="DetectionDataView"/>, equal to those of ML.NET's own object detection where that has
/// them.
/// </summary>
public static class DetectionColumns
{
    /// <summary>Vector of byte: the image file as it is, JPEG or PNG.</summary>
    public const string Image = "Image";

    /// <summary>Vector of uint keys, one a box, with the category names as key values; key 1 is category 0.</summary>
    public const string Label = "Label";

    /// <summary>Vector of float: x0, y0, x1, y1 of each box in original pixels.</summary>
    public const string BoundingBoxes = "BoundingBoxes";

    /// <summary>Vector of bool, one a box: the box stands for a group.</summary>
    public const string Crowd = "Crowd";

    /// <summary>Vector of bool, one a box: Pascal VOC's mark for objects that do not count.</summary>
    public const string Difficult = "Difficult";

    /// <summary>Vector of float, one a box: square pixels.</summary>
    public const string Area = "Area";

    /// <summary>Long: the image's id.</summary>
    public const string ImageId = "ImageId";

    /// <summary>Text: the name in the annotation file.</summary>
    public const string FileName = "FileName";

    /// <summary>
    /// Vector of byte: the class of each pixel, row by row, in a picture of <see cref="Width"/> and <see cref="Height"/>; 0 for
    /// background, 1 for the first class, 255 for pixels that do not count. Only of data sets with masks.
    /// </summary>
    public const string Mask = "Mask";

    /// <summary>Vector of ushort: the object of each pixel, 0 for none; empty where objects are not told apart. Only of data
    /// sets with masks.</summary>
    public const string Instances = "Instances";

    /// <summary>Int: pixels as annotated.</summary>
    public const string Width = "Width";

    /// <summary>Int: pixels as annotated.</summary>
    public const string Height = "Height";
}
