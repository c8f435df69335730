namespace MLNet.Detection.Masks;

/// <summary>
/// Parts objects that touch: a pixel of an object whose 3 x 3 neighbourhood shows another object becomes background, so
/// that a map of classes can tell the two apart.
/// </summary>
public static class TouchingObjects
{
    /// <summary>The map with a line of background between objects; the objects themselves stay as they are.</summary>
    public static LabelMap Part(LabelMap map)
    {
        if (map.Instances is not { } objects)
            return map;
        var classes = map.Classes.ToArray();
        for (var y = 0; y < map.Height; y++)
            for (var x = 0; x < map.Width; x++)
                if (objects[y * map.Width + x] is > 0 and var own && SeesAnother(map, objects, x, y, own))
                    classes[y * map.Width + x] = 0;
        return new(map.Width, map.Height, classes) { Instances = objects, Weights = map.Weights };
    }

    private static bool SeesAnother(LabelMap map, ushort[] objects, int x, int y, ushort own)
    {
        for (var j = Math.Max(0, y - 1); j <= Math.Min(map.Height - 1, y + 1); j++)
            for (var i = Math.Max(0, x - 1); i <= Math.Min(map.Width - 1, x + 1); i++)
                if (objects[j * map.Width + i] is > 0 and var other && other != own)
                    return true;
        return false;
    }
}
