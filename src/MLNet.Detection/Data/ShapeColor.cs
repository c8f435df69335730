using System.Numerics;

namespace MLNet.Detection.Data;

/// <summary>Random colours, red, green and blue from 0 to 255.</summary>
internal static class ShapeColor
{
    private const float LeastContrast = 95;

    /// <summary>A greyish colour for the ground.</summary>
    public static Vector3 Muted(Random random) => FromHsv(
        random.NextSingle(), 0.05f + 0.4f * random.NextSingle(), 0.25f + 0.65f * random.NextSingle());

    /// <summary>A strong colour that stands out from the ground.</summary>
    public static Vector3 Strong(Random random, Vector3 ground)
    {
        var best = ground;
        for (var attempt = 0; attempt < 20 && Vector3.Distance(best, ground) < LeastContrast; attempt++)
        {
            var color = FromHsv(
                random.NextSingle(), 0.4f + 0.6f * random.NextSingle(), 0.35f + 0.65f * random.NextSingle());
            if (Vector3.Distance(color, ground) > Vector3.Distance(best, ground))
                best = color;
        }
        return best;
    }

    // Smith 1978: each channel is the value minus what hue and saturation take from it.
    private static Vector3 FromHsv(float hue, float saturation, float value)
    {
        return 255 * new Vector3(Channel(5), Channel(3), Channel(1));

        float Channel(float n)
        {
            var k = (n + 6 * hue) % 6;
            return value - value * saturation * Math.Clamp(Math.Min(k, 4 - k), 0, 1);
        }
    }
}
