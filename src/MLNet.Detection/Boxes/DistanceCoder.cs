namespace MLNet.Detection.Boxes;

/// <summary>
/// Writes a box as the distances of its left, top, right and bottom side from an anchor's centre, as FCOS does.
/// Tian et al. 2019, https://arxiv.org/abs/1904.01355; torchvision's BoxLinearCoder computes the same numbers.
/// </summary>
/// <param name="NormalizeBySize">Whether distances are in anchor widths and heights instead of pixels.</param>
public sealed record DistanceCoder(bool NormalizeBySize = true)
{
    /// <summary>Left, top, right and bottom distance; negative where the centre lies outside the box.</summary>
    public (float Left, float Top, float Right, float Bottom) Encode(Box truth, Box anchor)
    {
        var (cx, cy, width, height) = Frame(anchor);
        return ((cx - truth.X0) / width, (cy - truth.Y0) / height, (truth.X1 - cx) / width, (truth.Y1 - cy) / height);
    }

    /// <summary>The box with these distances from the anchor's centre.</summary>
    public Box Decode((float Left, float Top, float Right, float Bottom) distances, Box anchor)
    {
        var (cx, cy, width, height) = Frame(anchor);
        var (left, top, right, bottom) = distances;
        return new(cx - left * width, cy - top * height, cx + right * width, cy + bottom * height);
    }

    private (float Cx, float Cy, float Width, float Height) Frame(Box anchor)
    {
        var (cx, cy, width, height) = anchor.ToCxcywh();
        return NormalizeBySize ? (cx, cy, width, height) : (cx, cy, 1f, 1f);
    }
}
