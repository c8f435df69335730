using System.Text.RegularExpressions;
using OnnxGraphs.Surgery;

namespace MLNet.Detection.Heads;

/// <summary>
/// Tells the maps of a heat map head apart: on one level of stride 4 classes behind a sigmoid, and two maps with two
/// channels, sizes and shifts of the centre. Names say which of them is which, else their order, sizes first.
/// </summary>
internal static partial class HeatRoles
{
    private const int Stride = 4;

    /// <summary>The level; null where the maps are no such head.</summary>
    public static (HeadLevel Level, HeadPiece Classes, HeadPiece Boxes, int Keypoints, bool Together)? Of(
        IReadOnlyList<HeadPiece> pieces, int width)
    {
        var pairs = pieces.Where(piece => piece.Channels == 2 && piece.Activation is null && !Heat().IsMatch(Name(piece)))
            .OrderBy(piece => Sizes().IsMatch(Name(piece)) ? 0 : Shifts().IsMatch(Name(piece)) ? 2 : 1).ToList();
        if (pieces.Any(piece => piece.Width * Stride != width) || pairs.Count != 2)
            return null;
        var rest = pieces.Except(pairs).ToList();
        var classes = rest.FirstOrDefault(piece => piece.Activation == "Sigmoid")
            ?? rest.OrderBy(piece => Heat().IsMatch(Name(piece)) ? 0 : 1).FirstOrDefault();
        if (classes is null)
            return null;
        var others = rest.Where(piece => piece != classes).Sum(piece => piece.Channels);
        return (new(classes.Width, classes.Height, 1, Whole(classes), Whole(pairs[0]), Shifts: Whole(pairs[1])),
            classes, pairs[0], others, false);
    }

    private static ChannelSlice Whole(HeadPiece piece) => new(piece.Map, piece.Channels, piece.First, (int)piece.Shape[1]);

    private static string Name(HeadPiece piece) => piece.Names[^1];

    [GeneratedRegex("hm|heat|cls|conf|score|prob", RegexOptions.IgnoreCase)]
    private static partial Regex Heat();

    [GeneratedRegex("wh|size|scale|dim", RegexOptions.IgnoreCase)]
    private static partial Regex Sizes();

    [GeneratedRegex("reg|off|shift", RegexOptions.IgnoreCase)]
    private static partial Regex Shifts();
}
