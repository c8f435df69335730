using System.Text.RegularExpressions;
using OnnxGraphs.Surgery;

namespace MLNet.Detection.Heads;

/// <summary>
/// Tells the pieces of a level apart: boxes have four numbers or four distributions, classes an activation, objectness
/// one number, keypoints an even number. Names decide where numbers do not.
/// </summary>
internal static partial class HeadRoles
{
    private const int FewestBins = 7;

    // As many classes as bins look like one number an anchor: nobody has so many anchors a cell.
    private static readonly int[] CustomaryBins = [8, 16, 17];

    /// <summary>A level of pieces of one size; null where they do not make one.</summary>
    public static (HeadLevel Level, HeadPiece Classes, HeadPiece Boxes, int Keypoints, bool Together)? Of(
        IReadOnlyList<HeadPiece> pieces)
    {
        if (pieces.Count < 2 || AnchorsOf(pieces) is not { } anchors)
            return null;
        var all = pieces.Select(piece => (Piece: piece, Columns: Columns(piece, anchors))).ToList();
        var boxes = all.Where(at => IsBoxes(at.Piece, at.Columns, all.Count))
            .OrderBy(at => Boxes().IsMatch(Name(at.Piece)) ? 0 : 1).ThenBy(at => at.Columns == 4 ? 0 : 1)
            .Concat(all.Where(at => IsActivated(at.Piece, at.Columns, pieces))).FirstOrDefault();
        if (boxes.Piece is null)
            return null;
        var rest = all.Where(at => at.Piece != boxes.Piece).ToList();
        var keypoints = rest.Where(at => rest.Count > 1 && IsKeypoints(at.Piece, at.Columns)).ToList();
        rest = [.. rest.Except(keypoints)];
        // One place, one number: a softmax would make it 1 everywhere.
        var objectness = rest.Count < 2 ? default : rest
            .Where(at => at.Columns == 1 && at.Piece.Activation != "Softmax")
            .OrderBy(at => Objectness().IsMatch(Name(at.Piece)) ? 0 : Scores().IsMatch(Name(at.Piece)) ? 2 : 1)
            .FirstOrDefault();
        var classes = rest.Where(at => at.Piece != objectness.Piece).OrderByDescending(at => at.Columns)
            .FirstOrDefault();
        if (classes.Piece is null || rest.Count > 2)
            return null;
        var together = boxes.Columns > 4 && !IsBins(boxes.Columns);
        var level = new HeadLevel(boxes.Piece.Width, boxes.Piece.Height, anchors,
            Slice(classes.Piece, classes.Columns, anchors), Slice(boxes.Piece, boxes.Columns, anchors) with
            {
                Columns = together ? 4 : boxes.Columns,
            }, objectness.Piece is { } o ? Slice(o, 1, anchors) : null);
        return (level, classes.Piece, boxes.Piece,
            together ? boxes.Columns - 4 : keypoints.Sum(at => at.Columns), together);
    }

    // Rows tell how many anchors a cell has; of maps, and of rows that hold all of a cell, the box has four channels
    // for each.
    private static int? AnchorsOf(IReadOnlyList<HeadPiece> pieces)
    {
        var rows = pieces.Where(piece => RowColumns(piece) is not null)
            .Select(piece => piece.Channels / RowColumns(piece)!.Value).Distinct().ToList();
        if (rows.Count > 0)
            return rows.Count == 1 ? rows[0] : null;
        if (pieces.Any(piece => piece.Channels == 4 && piece.Activation is null))
            return 1;
        var anchors = pieces.Select(piece => piece.Channels).Where(channels => channels > 1
            && pieces.Any(other => other.Channels == 4 * channels)
            && !(pieces.Count == 2 && CustomaryBins.Contains(channels)))
            .Concat(pieces.Where(piece => pieces.Count == 2 && piece.Channels % 4 == 0 && Unusual(piece.Channels / 4)
                && pieces.Any(other => other != piece && other.Channels % (piece.Channels / 4) == 0))
                .Select(piece => piece.Channels / 4)).ToList();
        return anchors.Count > 0 ? anchors.Min() : 1;
    }

    // Numbers of bins that no family has, but anchors of a cell.
    private static bool Unusual(int bins) => bins is 3 or 5 or 6 or 9 or 12;

    private static int? RowColumns(HeadPiece piece) => piece.Columns == piece.Channels ? null : piece.Columns;

    private static int Columns(HeadPiece piece, int anchors) => RowColumns(piece)
        ?? (piece.Channels % anchors == 0 && !(piece.Activation == "Softmax" && anchors > 1)
            ? piece.Channels / anchors : piece.Channels);

    private static ChannelSlice Slice(HeadPiece piece, int columns, int anchors) => new(piece.Map, columns, piece.First,
        piece.Channels == columns * anchors ? piece.Channels == piece.Shape[1] || anchors > 1 ? columns : (int)piece.Shape[1] : 0);

    private static bool IsBoxes(HeadPiece piece, int columns, int pieces) => piece.Activation is null
        && (columns == 4 || IsBins(columns) || columns is > 4 and < 4 * FewestBins && columns % 2 == 0 && pieces == 2);

    // Yolo-FastestV2 puts boxes and objectness through a sigmoid, and the classes through a softmax.
    private static bool IsActivated(HeadPiece piece, int columns, IReadOnlyList<HeadPiece> pieces) =>
        piece.Activation == "Sigmoid" && columns == 4 && pieces.Count == 3
        && pieces.Count(other => other.Activation == "Softmax") == 1;

    private static bool IsBins(int columns) => columns % 4 == 0 && columns >= 4 * FewestBins;

    // Five points are customary; other numbers may as well be classes, unless they are named.
    private static bool IsKeypoints(HeadPiece piece, int columns) => piece.Activation is null
        && (columns == 10 || columns > 4 && columns % 2 == 0 && Keypoints().IsMatch(Name(piece)));

    private static string Name(HeadPiece piece) => piece.Names[^1];

    [GeneratedRegex("box|reg|loc|dis|offset", RegexOptions.IgnoreCase)]
    private static partial Regex Boxes();

    [GeneratedRegex("obj|cent|iou", RegexOptions.IgnoreCase)]
    private static partial Regex Objectness();

    [GeneratedRegex("kps|kpt|key|landm|ldm|point", RegexOptions.IgnoreCase)]
    private static partial Regex Keypoints();

    [GeneratedRegex("cls|class|conf|score", RegexOptions.IgnoreCase)]
    private static partial Regex Scores();
}
