using MLNet.Detection.Masks;

namespace MLNet.Detection.Data.MaskFormats;

/// <summary>
/// The outlines of a picture's objects: larger ones first, so that what lies on them stays to be seen. Groups, and boxes
/// without an outline, are pixels that do not count.
/// </summary>
internal sealed class ObjectShapes(int width, int height, IReadOnlyList<LabeledBox> objects) : MaskSource
{
    public override LabelMap Read()
    {
        var (classes, instances) = (new byte[width * height], new ushort[width * height]);
        var number = 0;
        foreach (var found in objects.OrderByDescending(found => found.Box.Area))
        {
            var counts = found.Outline is not null && !found.Crowd;
            var own = counts ? checked((ushort)++number) : (ushort)0;
            var label = counts ? checked((byte)(found.Category + 1)) : LabelMap.Ignored;
            (found.Outline ?? Rectangle(found)).Fill(width, height, at =>
            {
                // What does not count hides nothing that is known.
                if (counts || classes[at] == 0)
                    (classes[at], instances[at]) = (label, own);
            });
        }
        return new(width, height, classes) { Instances = instances };
    }

    private static PolygonOutline Rectangle(LabeledBox found) => new([[found.Box.X0, found.Box.Y0, found.Box.X1, found.Box.Y0,
        found.Box.X1, found.Box.Y1, found.Box.X0, found.Box.Y1]]);
}
