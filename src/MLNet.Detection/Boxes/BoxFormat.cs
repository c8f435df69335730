namespace MLNet.Detection.Boxes;

/// <summary>What the four numbers of a box mean.</summary>
public enum BoxFormat
{
    /// <summary>Corners: x0, y0, x1, y1. The format of <see cref="Box"/>.</summary>
    Xyxy,

    /// <summary>Top-left corner and size, as in COCO files.</summary>
    Xywh,

    /// <summary>Centre and size, as in YOLO files and SSD priors.</summary>
    Cxcywh,
}
