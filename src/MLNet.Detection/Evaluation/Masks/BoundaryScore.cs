using OnnxGraphs.Losses;

namespace MLNet.Detection.Evaluation.Masks;

/// <summary>
/// F1 of the boundaries of a class in a picture: a boundary pixel counts as met where the other map has a boundary pixel of
/// the class within a distance. Csurka et al. 2013, https://doi.org/10.5244/C.27.32
/// </summary>
internal static class BoundaryScore
{
    /// <summary>The score; NaN where neither map shows the class.</summary>
    /// <param name="truth">Class numbers.</param>
    /// <param name="predicted">Class numbers.</param>
    /// <param name="counts">Whether each pixel counts.</param>
    /// <param name="width">Pixels of a row.</param>
    /// <param name="height">Rows.</param>
    /// <param name="number">The class.</param>
    /// <param name="distance">The distance, pixels.</param>
    public static double Of(byte[] truth, byte[] predicted, bool[] counts, int width, int height, byte number, double distance)
    {
        if (!truth.Contains(number) && !predicted.Contains(number))
            return double.NaN;
        var (own, other) = (Boundary(truth, counts, width, height, number), Boundary(predicted, counts, width, height, number));
        var recall = Met(own, other, width, height, distance);
        var precision = Met(other, own, width, height, distance);
        return precision + recall == 0 ? 0 : 2 * precision * recall / (precision + recall);
    }

    // Pixels of the class beside one of another; the border of the picture is none.
    private static bool[] Boundary(byte[] classes, bool[] counts, int width, int height, byte number)
    {
        var boundary = new bool[classes.Length];
        for (var y = 0; y < height; y++)
            for (var x = 0; x < width; x++)
            {
                var at = y * width + x;
                boundary[at] = counts[at] && classes[at] == number
                    && (x > 0 && classes[at - 1] != number || x < width - 1 && classes[at + 1] != number
                        || y > 0 && classes[at - width] != number || y < height - 1 && classes[at + width] != number);
            }
        return boundary;
    }

    private static double Met(bool[] boundary, bool[] other, int width, int height, double distance)
    {
        if (!boundary.Contains(true))
            return other.Contains(true) ? 0 : 1;
        var squares = DistanceTransform.Squared(other, height, width);
        int met = 0, all = 0;
        for (var i = 0; i < boundary.Length; i++)
            if (boundary[i])
                (met, all) = (met + (squares[i] <= distance * distance ? 1 : 0), all + 1);
        return (double)met / all;
    }
}
