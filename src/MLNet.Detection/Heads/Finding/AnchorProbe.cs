using System.Numerics;
using MLNet.Detection.Anchors;
using MLNet.Detection.Boxes;
using MLNet.Detection.Images;

namespace MLNet.Detection.Heads;

/// <summary>
/// Anchors and gain of YOLO's codes, read out of a decoding: zeros decode to the anchors in the middle of their cells, and
/// ones show how far centres go and how sizes grow.
/// </summary>
internal static class AnchorProbe
{
    private const float Sigmoid1 = 0.7310586f;

    /// <summary>The head with code and gains, and its anchors; null where boxes of zeros are no anchors.</summary>
    /// <param name="head">Levels and anchors of a cell.</param>
    /// <param name="input">The image input.</param>
    /// <param name="zeros">Boxes decoded from zeros.</param>
    /// <param name="ones">Boxes decoded from ones.</param>
    public static (DenseHead Head, YoloAnchors Scheme)? Read(
        DenseHead head, ImageInput input, Box[] zeros, Func<Box[]> ones)
    {
        if (Sizes(head, head.Points(input.Width, input.Height), zeros) is not { } sizes)
            return null;
        var (grown, codes, first) = (ones(), new List<SigmoidCode>(), 0);
        foreach (var level in head.Levels)
        {
            if (Code(zeros[first], grown[first], DenseHead.Stride(input.Width, input.Height, level).X) is not { } code)
                return null;
            codes.Add(code);
            first += level.Places;
        }
        if (codes.Any(code => code.SquaredSize != codes[0].SquaredSize))
            return null;
        return (codes.Distinct().Count() == 1 ? head with { Code = codes[0] } : head with
        {
            Code = codes[0], Levels = [.. head.Levels.Zip(codes, (level, code) => level with { Gain = code.Gain })],
        }, new(sizes));
    }

    // The size of each anchor of a level, the same in all cells, which it stands in the middle of.
    private static List<IReadOnlyList<Vector2>>? Sizes(DenseHead head, IReadOnlyList<Box> cells, Box[] zeros)
    {
        var (sizes, first) = (new List<IReadOnlyList<Vector2>>(), 0);
        foreach (var level in head.Levels)
        {
            Vector2[] anchors = [.. zeros.Skip(first).Take(level.Anchors).Select(Size)];
            for (var i = 0; i < level.Places; i++)
                if (!Near(Centre(zeros[first + i]), Centre(cells[first + i]), 0.5f)
                    || !Near(Size(zeros[first + i]), anchors[i % level.Anchors], 0.01f * anchors[i % level.Anchors].Length()))
                    return null;
            if (anchors.Any(size => !(size.X > 0.5f && size.Y > 0.5f)))
                return null;
            sizes.Add(anchors);
            first += level.Places;
        }
        return sizes;
    }

    private static SigmoidCode? Code(Box zero, Box one, float stride)
    {
        var (gain, grown) = ((one.CenterX - zero.CenterX) / stride / (Sigmoid1 - 0.5f), one.Width / zero.Width);
        var squared = MathF.Abs(grown - 4 * Sigmoid1 * Sigmoid1) < 0.02f;
        return gain is > 0.9f and < 2.2f && (squared || MathF.Abs(grown - MathF.E) < 0.03f)
            ? new(MathF.Round(gain, 2), squared) : null;
    }

    private static bool Near(Vector2 a, Vector2 b, float tolerance) => (a - b).Length() <= tolerance;

    private static Vector2 Centre(Box box) => new(box.CenterX, box.CenterY);

    private static Vector2 Size(Box box) => new(box.Width, box.Height);
}
