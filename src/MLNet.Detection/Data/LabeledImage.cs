namespace MLNet.Detection.Data;

/// <summary>
/// One image of a data set with its annotated objects. The pixels stay in the file until someone reads it.
/// </summary>
/// <param name="Id">The image's id; unique in its data set.</param>
/// <param name="FileName">The name as the annotation file gives it, with forward slashes.</param>
/// <param name="Path">The full path of the image file.</param>
/// <param name="Width">Pixels of the upright picture, as annotated.</param>
/// <param name="Height">Pixels of the upright picture, as annotated.</param>
/// <param name="Boxes">The objects, in the order of the annotation file; may be empty.</param>
public sealed record LabeledImage(
    long Id, string FileName, string Path, int Width, int Height, IReadOnlyList<LabeledBox> Boxes)
{
    /// <summary>What each pixel shows; null where the data set has boxes alone.</summary>
    public MaskSource? Mask { get; init; }
}
