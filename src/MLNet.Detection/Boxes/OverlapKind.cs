namespace MLNet.Detection.Boxes;

/// <summary>A measure of how far two boxes agree; 1 for equal boxes. See <see cref="BoxOverlap"/>.</summary>
public enum OverlapKind
{
    /// <summary>IoU, in [0, 1].</summary>
    IntersectionOverUnion,

    /// <summary>GIoU, in [-1, 1].</summary>
    Generalized,

    /// <summary>DIoU, in [-1, 1].</summary>
    Distance,

    /// <summary>CIoU, in [-2, 1].</summary>
    Complete,
}
