namespace MLNet.Detection.Masks;

/// <summary>
/// The outline of an object along the edges of its pixels: a polygon that takes these pixels and no others, or run
/// lengths
/// where the object has holes, which polygons of COCO do not say.
/// </summary>
public static class Contours
{
    /// <summary>The outline of the pixels with a number.</summary>
    /// <param name="numbers">One number a pixel, row by row.</param>
    /// <param name="width">Pixels of a row.</param>
    /// <param name="height">Rows.</param>
    /// <param name="number">Which.</param>
    public static Outline Of(ReadOnlySpan<int> numbers, int width, int height, int number)
    {
        var members = new bool[numbers.Length];
        for (var i = 0; i < members.Length; i++)
            members[i] = numbers[i] == number;
        var loops = Loops(members, width, height);
        // Round an object in the clock's sense, round a hole against it.
        return loops.TrueForAll(loop => Area(loop) > 0) ? new PolygonOutline(loops)
            : RunLengthOutline.Of(members, width, height);
    }

    /// <summary>
    /// An outline as one polygon, for formats that know no other: parts and holes are joined by lines that are gone there and
    /// back, which by the even-odd rule take nothing. A polygon stays as it is.
    /// </summary>
    /// <param name="outline">Any.</param>
    /// <param name="width">Pixels of the picture's rows.</param>
    /// <param name="height">Its rows.</param>
    /// <returns>x0, y0, x1, y1, ... in pixels; empty where it takes no pixel.</returns>
    public static float[] OnePolygon(Outline outline, int width, int height)
    {
        if (outline is PolygonOutline { Polygons: [var polygon] })
            return polygon;
        var members = new bool[width * height];
        outline.Fill(width, height, at => members[at] = true);
        var loops = Loops(members, width, height);
        return loops.Count == 0 ? []
            : [.. loops[0], .. loops.Skip(1).SelectMany(loop => (float[])[.. loops[0][..2], .. loop, .. loop[..2]])];
    }

    private static List<float[]> Loops(bool[] members, int width, int height)
    {
        bool Is(int x, int y) => x >= 0 && x < width && y >= 0 && y < height && members[y * width + x];
        var edges = new Dictionary<(int X, int Y), List<(int X, int Y)>>();
        void Add(int x0, int y0, int x1, int y1) =>
            (edges.TryGetValue((x0, y0), out var ends) ? ends : edges[(x0, y0)] = []).Add((x1, y1));
        for (var y = 0; y < height; y++)
            for (var x = 0; x < width; x++)
            {
                if (!Is(x, y))
                    continue;
                if (!Is(x, y - 1))
                    Add(x, y, x + 1, y);
                if (!Is(x + 1, y))
                    Add(x + 1, y, x + 1, y + 1);
                if (!Is(x, y + 1))
                    Add(x + 1, y + 1, x, y + 1);
                if (!Is(x - 1, y))
                    Add(x, y + 1, x, y);
            }
        var loops = new List<float[]>();
        foreach (var start in edges.Keys.OrderBy(at => (at.Y, at.X)).ToList())
            while (edges[start].Count > 0)
                loops.Add(Corners(Follow(edges, start)));
        return loops;
    }

    private static List<(int X, int Y)> Follow(Dictionary<(int X, int Y), List<(int X, int Y)>> edges, (int X, int Y) start)
    {
        var (loop, at, from) = (new List<(int X, int Y)> { start }, start, (X: start.X, Y: start.Y + 1));
        do
        {
            var ends = edges[at];
            // Where two pixels touch by a corner, the way turns right: round the one pixel.
            var next = ends.Count == 1 ? ends[0] : ends.MaxBy(end =>
                (at.X - from.X) * (end.Y - at.Y) - (at.Y - from.Y) * (end.X - at.X));
            ends.Remove(next);
            (from, at) = (at, next);
            loop.Add(at);
        }
        while (at != start);
        loop.RemoveAt(loop.Count - 1);
        return loop;
    }

    private static float[] Corners(List<(int X, int Y)> loop)
    {
        var corners = new List<float>();
        for (var i = 0; i < loop.Count; i++)
        {
            var (before, at, after) = (loop[(i + loop.Count - 1) % loop.Count], loop[i], loop[(i + 1) % loop.Count]);
            if (at.X - before.X != after.X - at.X || at.Y - before.Y != after.Y - at.Y)
                corners.AddRange([at.X, at.Y]);
        }
        return [.. corners];
    }

    private static double Area(float[] loop)
    {
        var sum = 0.0;
        for (var i = 0; i < loop.Length; i += 2)
            sum += (double)loop[i] * loop[(i + 3) % loop.Length] - (double)loop[(i + 2) % loop.Length] * loop[i + 1];
        return sum / 2;
    }
}
