namespace OnnxGraphs.Losses;

/// <summary>
/// Exact squared distances of each pixel to the nearest and the second nearest cell, for any number of cells at once.
/// Of a row
/// only the two cells nearest to a column can be among the two nearest of a pixel in that column: a third is farther
/// than
/// both. So each pixel looks at two candidates a row, up and down, until rows alone are farther away than its second.
/// </summary>
internal static class NearestTwo
{
    /// <summary>The squares; infinity where there is no such cell.</summary>
    /// <param name="cells">Numbers of cells, 0 for none, row by row.</param>
    /// <param name="height">Rows.</param>
    /// <param name="width">Pixels of a row.</param>
    public static (double[] Nearest, double[] Second) Squared(ReadOnlySpan<long> cells, int height, int width)
    {
        var (nearest, second, rows) = (new double[cells.Length], new double[cells.Length], new Pair[cells.Length]);
        for (var y = 0; y < height; y++)
            Row(cells.Slice(y * width, width), rows.AsSpan(y * width, width));
        for (var y = 0; y < height; y++)
            for (var x = 0; x < width; x++)
            {
                var pair = rows[y * width + x];
                for (var dy = 1; (double)dy * dy < pair.Second && (y >= dy || y + dy < height); dy++)
                {
                    if (y >= dy)
                        pair.Offer(rows[(y - dy) * width + x], (double)dy * dy);
                    if (y + dy < height)
                        pair.Offer(rows[(y + dy) * width + x], (double)dy * dy);
                }
                (nearest[y * width + x], second[y * width + x]) = (pair.First, pair.Second);
            }
        return (nearest, second);
    }

    // From the left and from the right: the last pixels of the two cells that were met last.
    private static void Row(ReadOnlySpan<long> cells, Span<Pair> row)
    {
        row.Fill(new());
        foreach (var step in (int[])[1, -1])
        {
            var (last, place, other, otherPlace) = (0L, 0, 0L, 0);
            for (var x = step > 0 ? 0 : cells.Length - 1; x >= 0 && x < cells.Length; x += step)
            {
                if (cells[x] != 0 && cells[x] != last)
                    (other, otherPlace) = (last, place);
                if (cells[x] != 0)
                    (last, place) = (cells[x], x);
                row[x].Offer(last, (double)(x - place) * (x - place));
                row[x].Offer(other, (double)(x - otherPlace) * (x - otherPlace));
            }
        }
    }

    // The two nearest cells so far, with squared distances.
    private struct Pair
    {
        private long _first, _second;

        public Pair() => (First, Second) = (double.PositiveInfinity, double.PositiveInfinity);

        public double First { get; private set; }

        public double Second { get; private set; }

        public void Offer(in Pair other, double more)
        {
            Offer(other._first, other.First + more);
            Offer(other._second, other.Second + more);
        }

        public void Offer(long cell, double square)
        {
            if (cell == 0 || square >= Second)
                return;
            if (cell == _first)
                First = Math.Min(First, square);
            else if (square < First)
                (_second, Second, _first, First) = (_first, First, cell, square);
            else
                (_second, Second) = (cell, square);
        }
    }
}
