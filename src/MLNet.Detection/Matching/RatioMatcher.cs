using System.Numerics;
using MLNet.Detection.Anchors;
using MLNet.Detection.Boxes;

namespace MLNet.Detection.Matching;

/// <summary>
/// YOLOv5's match: an anchor fits a truth if neither its width nor its height is <paramref name="MaxRatio"/> times
/// longer or shorter. The truth is learnt by the fitting anchors of the cell that holds its centre and of the two cells
/// nearest to it beside and above or below. Where truths share an anchor, the one whose sides it fits best has it.
/// https://docs.ultralytics.com/yolov5/tutorials/architecture_description
/// </summary>
/// <param name="MaxRatio">Greatest ratio of sides, exclusive.</param>
public sealed record RatioMatcher(float MaxRatio = 4f)
{
    /// <summary>Matches the truths of one picture.</summary>
    /// <param name="truths">The true boxes, in pixels of the network's input.</param>
    /// <param name="anchors">N anchors in the order level, row, column, anchor of the cell.</param>
    /// <param name="maps">The size of each level in cells.</param>
    /// <param name="imageWidth">Width of the network's input.</param>
    /// <param name="imageHeight">Height of the network's input.</param>
    /// <returns>Per anchor the index of its truth or <see cref="Matcher.Background"/>.</returns>
    /// <exception cref="ArgumentException">N is not the same number of anchors for each cell.</exception>
    public int[] Match(ReadOnlySpan<Box> truths, ReadOnlySpan<Box> anchors, IReadOnlyList<GridSize> maps,
        int imageWidth, int imageHeight)
    {
        var cells = maps.Sum(map => map.Width * map.Height);
        if (cells == 0 || anchors.Length % cells != 0)
            throw new ArgumentException(
                $"{anchors.Length} anchors cannot be shared by {cells} cells evenly ({string.Join(", ", maps)}).");
        var (matches, best, perCell) = (new int[anchors.Length], new float[anchors.Length], anchors.Length / cells);
        Array.Fill(matches, Matcher.Background);
        Array.Fill(best, MaxRatio);
        for (var truth = 0; truth < truths.Length; truth++)
        {
            var (box, first) = (truths[truth], 0);
            foreach (var map in maps)
            {
                var centre = new Vector2(box.CenterX / imageWidth * map.Width, box.CenterY / imageHeight * map.Height);
                foreach (var cell in Cells(centre, map))
                    for (var i = first + cell * perCell; i < first + (cell + 1) * perCell; i++)
                        if (Ratio(box, anchors[i]) is var ratio && ratio < best[i])
                            (best[i], matches[i]) = (ratio, truth);
                first += map.Width * map.Height * perCell;
            }
        }
        return matches;
    }

    private static IEnumerable<int> Cells(Vector2 centre, GridSize map)
    {
        var (column, row) = (Math.Min((int)centre.X, map.Width - 1), Math.Min((int)centre.Y, map.Height - 1));
        yield return row * map.Width + column;
        var (beside, above) = (Neighbour(centre.X, column, map.Width), Neighbour(centre.Y, row, map.Height));
        if (beside is { } x)
            yield return row * map.Width + x;
        if (above is { } y)
            yield return y * map.Width + column;
    }

    // The nearer of the two cells beside; none in the exact middle or at the edge of the picture.
    private static int? Neighbour(float centre, int cell, int count) => (centre - cell) switch
    {
        < 0.5f when centre > 1 => cell - 1,
        > 0.5f when count - centre > 1 => cell + 1,
        _ => null,
    };

    private static float Ratio(Box a, Box b)
    {
        var (width, height) = (a.Width / b.Width, a.Height / b.Height);
        return MathF.Max(MathF.Max(width, 1 / width), MathF.Max(height, 1 / height));
    }
}
