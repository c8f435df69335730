using OnnxGraphs.Kernels.Loops;

namespace OnnxGraphs.Kernels.Convolutions;

/// <summary>Some rows of a map, one behind the other, with numbers on both sides that shifted reads reach.</summary>
internal static unsafe class RowBand
{
    private const int Beyond = InnerLoops.Slack / 2;

    /// <summary>Numbers that <see cref="Take"/> needs to copy so many.</summary>
    public static int Size(int numbers) => numbers + 2 * Beyond;

    /// <summary>
    /// The rows where they lie if there is more of the map on both sides; else a copy, with zeros for rows that there are not
    /// and on both sides.
    /// </summary>
    /// <param name="map">The map.</param>
    /// <param name="height">Its rows.</param>
    /// <param name="width">Numbers of a row.</param>
    /// <param name="first">The first row; may lie above the map.</param>
    /// <param name="count">Rows; the last ones may lie below the map.</param>
    /// <param name="copy">Memory for a copy.</param>
    public static float* Take(float* map, int height, int width, int first, int count, float* copy)
    {
        if ((long)first * width >= Beyond && (long)(height - first - count) * width >= Beyond)
            return map + (long)first * width;
        var rows = copy + Beyond;
        var (above, below) = (Math.Min(count, Math.Max(0, -first)), Math.Clamp(first + count - height, 0, count));
        var inside = Math.Max(0, count - above - below);
        new Span<float>(copy, Beyond + above * width).Clear();
        new Span<float>(map + (long)(first + above) * width, inside * width).CopyTo(new(rows + above * width, inside * width));
        new Span<float>(rows + (above + inside) * width, below * width + Beyond).Clear();
        return rows;
    }
}
