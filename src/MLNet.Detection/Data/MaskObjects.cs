using MLNet.Detection.Boxes;
using MLNet.Detection.Masks;

namespace MLNet.Detection.Data;

/// <summary>The objects of a map of labels, with boxes and outlines.</summary>
public static class MaskObjects
{
    /// <summary>Objects as the map tells them apart; where it does not, pixels of a class that hang together.</summary>
    /// <param name="map">The map.</param>
    /// <param name="leastPixels">The fewest pixels of an object; smaller ones are left out.</param>
    public static IReadOnlyList<LabeledBox> Of(LabelMap map, int leastPixels = 1)
    {
        int[] numbers = map.Instances is { } own ? [.. own.Select(number => (int)number)]
            : ConnectedComponents.Of(map.Classes, map.Width, map.Height, leastPixels).Numbers;
        var found = new SortedDictionary<int, (int Left, int Top, int Right, int Bottom, int Count, byte Class)>();
        for (var i = 0; i < numbers.Length; i++)
            if (numbers[i] > 0 && map.Classes[i] is not (0 or LabelMap.Ignored))
            {
                var (x, y) = (i % map.Width, i / map.Width);
                (int Left, int Top, int Right, int Bottom, int Count, byte Class) o =
                    found.GetValueOrDefault(numbers[i], (x, y, x, y, 0, map.Classes[i]));
                found[numbers[i]] = (Math.Min(o.Left, x), Math.Min(o.Top, y), Math.Max(o.Right, x), Math.Max(o.Bottom, y),
                    o.Count + 1, o.Class);
            }
        return [.. found.Where(pair => pair.Value.Count >= leastPixels).Select(pair => Labeled(map, numbers, pair.Key, pair.Value))];
    }

    private static LabeledBox Labeled(LabelMap map, int[] numbers, int number,
        (int Left, int Top, int Right, int Bottom, int Count, byte Class) o)
    {
        var box = new Box(o.Left, o.Top, o.Right + 1, o.Bottom + 1);
        // Within the box, so that many objects of a large picture take no longer than the picture.
        var (width, height) = (o.Right - o.Left + 1, o.Bottom - o.Top + 1);
        var window = new int[width * height];
        for (var y = 0; y < height; y++)
            numbers.AsSpan((o.Top + y) * map.Width + o.Left, width).CopyTo(window.AsSpan(y * width));
        var outline = Contours.Of(window, width, height, number) is PolygonOutline polygon
            ? new PolygonOutline([.. polygon.Polygons.Select(loop =>
                loop.Select((value, i) => value + (i % 2 == 0 ? o.Left : o.Top)).ToArray())])
            : Contours.Of(numbers, map.Width, map.Height, number);
        return new(box, o.Class - 1, o.Count) { Outline = outline };
    }
}
