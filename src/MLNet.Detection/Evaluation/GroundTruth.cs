namespace MLNet.Detection.Evaluation;

/// <summary>One annotated object.</summary>
/// <param name="ImageId">The picture it is in.</param>
/// <param name="CategoryId">What it is.</param>
/// <param name="Box">Where it is.</param>
public sealed record GroundTruth(long ImageId, long CategoryId, BoxXywh Box)
{
    /// <summary>The object's area, which decides whether it is small, medium or large. COCO gives that of the
    /// segmentation; by default it is the box's.</summary>
    public double Area { get; init; } = Box.Area;

    /// <summary>Whether the box surrounds a crowd: COCO neither wants nor punishes detections in it.</summary>
    public bool IsCrowd { get; init; }

    /// <summary>Whether Pascal VOC calls the object difficult: neither wanted nor punished.</summary>
    public bool IsDifficult { get; init; }

    // COCO's IoU. A crowd is overlapped by the part of the detection's own area that lies in it.
    internal double Overlap(BoxXywh detection)
    {
        var intersection = detection.Intersection(Box);
        return intersection == 0 ? 0
            : intersection / (IsCrowd ? detection.Area : detection.Area + Box.Area - intersection);
    }
}
