using MLNet.Detection.Boxes;
using MLNet.Detection.Scoring;

namespace MLNet.Detection.Detectors;

/// <summary>What was found in a window of a picture, in pixels of the picture.</summary>
/// <param name="Found">The object.</param>
/// <param name="IsCut">Whether it reaches an edge of its window that is none of the picture: there may be more of it.</param>
public readonly record struct ViewedObject(DetectedObject Found, bool IsCut)
{
    // How near to an edge counts as reaching it, pixels of the picture.
    private const float Near = 2;

    /// <summary>An object of a window in its picture.</summary>
    /// <param name="found">The object, in pixels of the window.</param>
    /// <param name="window">The window.</param>
    /// <param name="width">Of the picture.</param>
    /// <param name="height">Of the picture.</param>
    public static ViewedObject Of(
        DetectedObject found, (int Left, int Top, int Width, int Height) window, int width, int height)
    {
        var box = found.Box;
        var cut = (window.Left > 0 && box.X0 < Near) || (window.Top > 0 && box.Y0 < Near)
            || (window.Left + window.Width < width && box.X1 > window.Width - Near)
            || (window.Top + window.Height < height && box.Y1 > window.Height - Near);
        return new(found with { Box = box.Offset(window.Left, window.Top) }, cut);
    }

    /// <summary>
    /// One object for each that several views found: whole ones first, by falling score. A cut one is also dropped where
    /// half of it or more is in one that is kept.
    /// </summary>
    /// <param name="all">What all views found.</param>
    /// <param name="iouThreshold">Highest IoU of two objects of a class that both stay.</param>
    /// <param name="most">Objects that stay at most, the best ones.</param>
    public static DetectedObject[] Joined(IReadOnlyList<ViewedObject> all, float iouThreshold, int most)
    {
        var kept = new List<DetectedObject>();
        foreach (var seen in all.OrderBy(seen => seen.IsCut).ThenByDescending(seen => seen.Found.Score))
            if (!kept.Exists(better => better.Class == seen.Found.Class && seen.IsIn(better.Box, iouThreshold)))
                kept.Add(seen.Found);
        return [.. kept.OrderByDescending(found => found.Score).Take(most)];
    }

    private bool IsIn(Box better, float iouThreshold)
    {
        if (BoxOverlap.IntersectionOverUnion(better, Found.Box) > iouThreshold)
            return true;
        var (own, other) = (Found.Box, better);
        var shared = new Box(Math.Max(own.X0, other.X0), Math.Max(own.Y0, other.Y0),
            Math.Min(own.X1, other.X1), Math.Min(own.Y1, other.Y1));
        return IsCut && shared.Area >= 0.5f * own.Area;
    }
}
