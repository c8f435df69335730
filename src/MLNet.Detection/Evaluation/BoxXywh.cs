using MLNet.Detection.Boxes;

namespace MLNet.Detection.Evaluation;

/// <summary>A box as COCO files write it, in double precision because metrics compare IoUs with thresholds
/// exactly.</summary>
/// <param name="X">Left edge in pixels.</param>
/// <param name="Y">Top edge in pixels.</param>
/// <param name="Width">Width in pixels.</param>
/// <param name="Height">Height in pixels.</param>
public readonly record struct BoxXywh(double X, double Y, double Width, double Height)
{
    /// <summary>Width times height.</summary>
    public double Area => Width * Height;

    /// <summary>The same box; its size is the exact difference of the corners.</summary>
    public static BoxXywh FromBox(Box box) =>
        new(box.X0, box.Y0, (double)box.X1 - box.X0, (double)box.Y1 - box.Y0);

    /// <summary>The area that both boxes cover when every size is <paramref name="margin"/> larger: 1 where coordinates
    /// are indices of the first and last pixel.</summary>
    internal double Intersection(BoxXywh other, double margin = 0)
    {
        var width = Math.Min(X + Width, other.X + other.Width) - Math.Max(X, other.X) + margin;
        var height = Math.Min(Y + Height, other.Y + other.Height) - Math.Max(Y, other.Y) + margin;
        return width > 0 && height > 0 ? width * height : 0;
    }
}
