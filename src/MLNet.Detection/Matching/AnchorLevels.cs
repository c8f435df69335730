using MLNet.Detection.Boxes;

namespace MLNet.Detection.Matching;

// What the matchers that look at feature levels and anchor centres have in common.
internal static class AnchorLevels
{
    public static void Require(ReadOnlySpan<int> anchorsPerLevel, int anchors)
    {
        var sum = 0;
        foreach (var count in anchorsPerLevel)
            sum += count;
        if (sum != anchors)
            throw new ArgumentException($"The levels count {sum} anchors, but there are {anchors}.");
    }

    // The smallest distance of a point to the sides of a box: positive inside, negative outside.
    public static float Depth(float x, float y, Box box) =>
        MathF.Min(MathF.Min(x - box.X0, box.X1 - x), MathF.Min(y - box.Y0, box.Y1 - y));

    // Indices of the k highest values, the lower index first among equals.
    public static int[] Best(ReadOnlySpan<double> values, int k)
    {
        var keys = values.ToArray();
        return [.. Enumerable.Range(0, keys.Length).OrderByDescending(i => keys[i]).Take(k)];
    }
}
