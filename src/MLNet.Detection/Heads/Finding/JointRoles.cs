using OnnxGraphs.Surgery;

namespace MLNet.Detection.Heads;

/// <summary>
/// Tells the columns of a level apart whose only map has all numbers of its anchors, as YOLO's raw maps have: box,
/// objectness, and classes; five keypoints before the classes in the maps that YOLOv5-face's exporter names by strides.
/// </summary>
internal static class JointRoles
{
    private const int Box = 4, FacePoints = 10;

    /// <summary>The level; null where the map has no such columns.</summary>
    /// <param name="pieces">All of one size.</param>
    /// <param name="levels">Number of levels.</param>
    public static (HeadLevel Level, HeadPiece Classes, HeadPiece Boxes, int Keypoints, bool Together)? Of(
        IReadOnlyList<HeadPiece> pieces, int levels)
    {
        var anchors = levels == 1 ? 5 : 3;
        if (pieces is not [{ Decoded: false } map] || map.Activation is not (null or "Sigmoid") || map.Channels != map.Shape[1]
            || map.Channels % anchors != 0)
            return null;
        var columns = map.Channels / anchors;
        var points = map.Names[^1].StartsWith("stride_", StringComparison.OrdinalIgnoreCase) && columns > Box + 1 + FacePoints
            ? FacePoints : 0;
        if (columns <= Box + 1 + points)
            return null;
        ChannelSlice Slice(int first, int count) => new(map.Map, count, first, columns);
        return (new(map.Width, map.Height, anchors, Slice(Box + 1 + points, columns - Box - 1 - points), Slice(0, Box),
            Slice(Box, 1)), map, map, points, points > 0);
    }
}
