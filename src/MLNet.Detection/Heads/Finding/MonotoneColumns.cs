namespace MLNet.Detection.Heads;

/// <summary>Whether columns rise, or fall, with others: then they follow from them, by whatever arithmetic.</summary>
internal static class MonotoneColumns
{
    private const int Points = 64, LeastSteps = 8;

    /// <summary>Whether each column does in steps that are large enough to tell. One that hardly varies says nothing, but not
    /// all may be such.</summary>
    public static bool All(int columns, int rows, Func<int, int, float> from, Func<int, int, float> to)
    {
        var told = 0;
        for (var column = 0; column < columns; column++)
        {
            if (Rises(rows, row => from(row, column), row => to(row, column)) is not { } rises)
                continue;
            if (!rises)
                return false;
            told++;
        }
        return told > 0;
    }

    // Strictly: what a threshold has made zero does not follow.
    private static bool? Rises(int rows, Func<int, float> from, Func<int, float> to)
    {
        var (keys, order) = (new float[rows], new int[rows]);
        for (var row = 0; row < rows; row++)
            (keys[row], order[row]) = (from(row), row);
        Array.Sort(keys, order);
        var (steps, sign, last) = (0, 0, 0);
        for (var i = 1; i < Points && rows > 1; i++)
        {
            var at = (int)((long)i * (rows - 1) / (Points - 1));
            if (!(keys[at] - keys[last] > 2e-7f + 1e-4f * Math.Abs(keys[last])))
                continue;
            var direction = Math.Sign(to(order[at]) - (double)to(order[last]));
            if (direction == 0 || sign * direction < 0)
                return false;
            (sign, last) = (direction, at);
            steps++;
        }
        return steps < LeastSteps ? null : true;
    }
}
