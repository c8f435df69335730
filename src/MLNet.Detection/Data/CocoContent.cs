using MLNet.Detection.Masks;

namespace MLNet.Detection.Data;

/// <summary>
/// The three lists of a COCO file as written, before anything is checked against anything else. Annotations are kept
/// small: a file has millions of them.
/// </summary>
internal sealed class CocoContent
{
    public List<Category> Categories { get; } = [];

    public List<Image> Images { get; } = [];

    public List<Annotation> Annotations { get; } = [];

    /// <summary>Annotations with a segmentation, which a data set of boxes does not hold.</summary>
    public int Segmentations { get; set; }

    /// <summary>The segmentations by the index of their annotation, where they were asked for.</summary>
    public Dictionary<int, Outline> Outlines { get; } = [];

    /// <summary>Annotations with keypoints, which a data set of boxes does not hold.</summary>
    public int Keypoints { get; set; }

    /// <summary>The frequency is a letter of LVIS.</summary>
    public readonly record struct Category(JsonPlace At, long Id, string Name, string? Frequency);

    /// <summary>A size is 0 where the file has none; the lists of categories are LVIS's.</summary>
    public readonly record struct Image(
        JsonPlace At, long Id, string FileName, long Width, long Height, long[]? Negative, long[]? NotExhaustive);

    /// <summary>The area is NaN where the file has none.</summary>
    public readonly record struct Annotation(
        int Index, long Offset, long Id, long ImageId, long CategoryId, CocoBox Box, double Area, bool Crowd,
        bool Difficult)
    {
        public JsonPlace At => new("annotations", Index, Offset);
    }
}
