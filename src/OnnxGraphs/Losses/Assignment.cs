namespace OnnxGraphs.Losses;

/// <summary>The linear sum assignment problem.</summary>
public static class Assignment
{
    /// <summary>
    /// A different column for each row, such that the sum of their costs is the least; at most as many rows as columns.
    /// Shortest augmenting paths with potentials, O(rows^2 columns). Kuhn 1955; Jonker and Volgenant 1987.
    /// </summary>
    public static int[] LeastCost(double[,] cost)
    {
        var (rows, columns) = (cost.GetLength(0), cost.GetLength(1));
        if (rows > columns)
            throw new ArgumentException(
                $"Assignment: {rows} rows, {columns} columns; expected at most as many rows as columns.", nameof(cost));
        // Row of each column; row and column 0 are sentinels, so all indices are one higher than in the matrix.
        var (rowOf, u, v) = (new int[columns + 1], new double[rows + 1], new double[columns + 1]);
        for (var row = 1; row <= rows; row++)
            Augment(cost, row, rowOf, u, v);
        var columnOf = new int[rows];
        for (var column = 1; column <= columns; column++)
            if (rowOf[column] > 0)
                columnOf[rowOf[column] - 1] = column - 1;
        return columnOf;
    }

    private static void Augment(double[,] cost, int row, int[] rowOf, double[] u, double[] v)
    {
        var columns = rowOf.Length - 1;
        var (least, from, done) = (new double[columns + 1], new int[columns + 1], new bool[columns + 1]);
        Array.Fill(least, double.PositiveInfinity);
        rowOf[0] = row;
        var at = 0;
        do
        {
            done[at] = true;
            var (next, delta, i) = (0, double.PositiveInfinity, rowOf[at]);
            for (var j = 1; j <= columns; j++)
            {
                if (done[j])
                    continue;
                var reduced = cost[i - 1, j - 1] - u[i] - v[j];
                if (reduced < least[j])
                    (least[j], from[j]) = (reduced, at);
                if (least[j] < delta)
                    (delta, next) = (least[j], j);
            }
            for (var j = 0; j <= columns; j++)
                if (done[j])
                    (u[rowOf[j]], v[j]) = (u[rowOf[j]] + delta, v[j] - delta);
                else
                    least[j] -= delta;
            at = next;
        }
        while (rowOf[at] != 0);
        for (; at != 0; at = from[at])
            rowOf[at] = rowOf[from[at]];
    }
}
