namespace MLNet.Detection.Boxes;

/// <summary>
/// Intersection over union and its generalisations, for boxes of any kind. A box that is empty, inverted or NaN
/// overlaps nothing: its IoU is 0, never NaN, even with itself. The generalisations take an empty box for the point or
/// line that it is; a pair with an inverted or not finite box has the least value, -1.
/// </summary>
public static class BoxOverlap
{
    private const float Farthest = -1f;

    /// <summary>The area that both boxes cover.</summary>
    public static float Intersection(Box a, Box b)
    {
        var width = MathF.Min(a.X1, b.X1) - MathF.Max(a.X0, b.X0);
        var height = MathF.Min(a.Y1, b.Y1) - MathF.Max(a.Y0, b.Y0);
        return width > 0f && height > 0f ? width * height : 0f;
    }

    /// <summary>The overlap by any of the measures.</summary>
    public static float Of(Box a, Box b, OverlapKind kind) => kind switch
    {
        OverlapKind.IntersectionOverUnion => IntersectionOverUnion(a, b),
        OverlapKind.Generalized => GeneralizedIntersectionOverUnion(a, b),
        OverlapKind.Distance => DistanceIntersectionOverUnion(a, b),
        OverlapKind.Complete => CompleteIntersectionOverUnion(a, b),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Not a measure of overlap."),
    };

    /// <summary>IoU = |a n b| / |a u b|, in [0, 1].</summary>
    public static float IntersectionOverUnion(Box a, Box b)
    {
        var intersection = Intersection(a, b);
        return intersection > 0f && float.IsFinite(intersection)
            ? intersection / (a.Area + b.Area - intersection)
            : 0f;
    }

    /// <summary>GIoU = IoU - (|c| - |a u b|) / |c| with c the smallest box around both, in [-1, 1].
    /// Rezatofighi et al. 2019, https://arxiv.org/abs/1902.09630</summary>
    public static float GeneralizedIntersectionOverUnion(Box a, Box b)
    {
        if (!IsMeasurable(a) || !IsMeasurable(b))
            return Farthest;
        var intersection = Intersection(a, b);
        var union = a.Area + b.Area - intersection;
        var hull = Hull(a, b).Area;
        var iou = intersection > 0f ? intersection / union : 0f;
        return hull > 0f ? iou - (hull - union) / hull : iou;
    }

    /// <summary>DIoU = IoU - d^2 / c^2 with d the distance of the centres and c the diagonal of the smallest box around
    /// both, in [-1, 1]. Zheng et al. 2019, https://arxiv.org/abs/1911.08287</summary>
    public static float DistanceIntersectionOverUnion(Box a, Box b)
    {
        const float Epsilon = 1e-7f; // as torchvision: keeps two equal empty boxes finite
        if (!IsMeasurable(a) || !IsMeasurable(b))
            return Farthest;
        var hull = Hull(a, b);
        var diagonal = hull.Width * hull.Width + hull.Height * hull.Height + Epsilon;
        var dx = (a.X0 + a.X1 - b.X0 - b.X1) / 2f;
        var dy = (a.Y0 + a.Y1 - b.Y0 - b.Y1) / 2f;
        return IntersectionOverUnion(a, b) - (dx * dx + dy * dy) / diagonal;
    }

    /// <summary>CIoU = DIoU - alpha v, v = 4 / pi^2 (atan(w_b / h_b) - atan(w_a / h_a))^2, alpha = v / (1 - IoU + v),
    /// in [-2, 1]. Zheng et al. 2019, https://arxiv.org/abs/1911.08287</summary>
    public static float CompleteIntersectionOverUnion(Box a, Box b)
    {
        const float Epsilon = 1e-7f;
        if (!IsMeasurable(a) || !IsMeasurable(b))
            return Farthest;
        var angle = MathF.Atan2(b.Width, b.Height) - MathF.Atan2(a.Width, a.Height);
        var v = 4f / (MathF.PI * MathF.PI) * angle * angle;
        var alpha = v / (1f - IntersectionOverUnion(a, b) + v + Epsilon);
        return DistanceIntersectionOverUnion(a, b) - alpha * v;
    }

    private static bool IsMeasurable(Box box) =>
        box.Width >= 0f && box.Height >= 0f && float.IsFinite(box.X0 + box.Y0 + box.X1 + box.Y1);

    private static Box Hull(Box a, Box b) =>
        new(MathF.Min(a.X0, b.X0), MathF.Min(a.Y0, b.Y0), MathF.Max(a.X1, b.X1), MathF.Max(a.Y1, b.Y1));
}
