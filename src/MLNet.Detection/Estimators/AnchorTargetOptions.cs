using MLNet.Detection.Boxes;
using MLNet.Detection.Data;
using MLNet.Detection.Images;

namespace MLNet.Detection.Estimators;

/// <summary>What both steps from true boxes to training targets must know.</summary>
public abstract record AnchorTargetOptions
{
    private protected AnchorTargetOptions()
    {
    }

    /// <summary>The anchors, in pixels of the network's input, in the order of the network's outputs.</summary>
    public required IReadOnlyList<Box> Anchors { get; init; }

    /// <summary>How pictures come to the network's size. When given, each row's transform follows from its
    /// <see cref="WidthColumnName"/> and <see cref="HeightColumnName"/>; when null, it is read from
    /// <see cref="ResizeTransformColumnName"/>.</summary>
    public ImageResize? Resize { get; init; }

    /// <summary>Vector of float: x0, y0, x1, y1 of each box in original pixels.</summary>
    public string BoundingBoxColumnName { get; init; } = DetectionColumns.BoundingBoxes;

    /// <summary>Vector of 4 float that <see cref="PreprocessImageEstimator"/> makes.</summary>
    public string ResizeTransformColumnName { get; init; } = TargetColumns.ResizeTransform;

    /// <summary>Int: pixels of the original picture.</summary>
    public string WidthColumnName { get; init; } = DetectionColumns.Width;

    /// <summary>Int: pixels of the original picture.</summary>
    public string HeightColumnName { get; init; } = DetectionColumns.Height;
}
