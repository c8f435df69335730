using MLNet.Detection.Boxes;
using MLNet.Detection.Masks;

namespace MLNet.Detection.Data;

/// <summary>One annotated object of an image.</summary>
/// <param name="Box">Where it is, in pixels of the original image, inside the image.</param>
/// <param name="Category">Index into <see cref="DetectionDataset.Categories"/>, from 0; not the id of the file.</param>
/// <param name="Area">Square pixels; COCO takes the area of the segmentation, which may be less than the box's.</param>
/// <param name="Crowd">
/// COCO's <c>iscrowd</c>: the box stands for a group; not trained on, ignored in evaluation.
/// </param>
/// <param name="Difficult">Pascal VOC's <c>difficult</c>: neither hit nor miss in VOC evaluation.</param>
/// <param name="Id">The annotation's id in the file; unique in its data set.</param>
public sealed record LabeledBox(
    Box Box, int Category, double Area, bool Crowd = false, bool Difficult = false, long Id = 0)
{
    /// <summary>Which pixels of the picture it takes; null where only its box is known, or no outlines were asked
    /// for.</summary>
    public Outline? Outline { get; init; }
}
