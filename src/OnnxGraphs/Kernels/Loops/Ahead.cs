namespace OnnxGraphs.Kernels.Loops;

/// <summary>
/// What a product of matrices asks for while it computes: a cache line of memory for each of its steps, which it is going to
/// need next.
/// </summary>
/// <param name="from">The first one; null for nothing.</param>
/// <param name="step">Numbers from one to the next.</param>
/// <param name="next">Numbers from the first one of some rows to that of the next rows.</param>
internal readonly unsafe struct Ahead(float* from, nint step, nint next = 0)
{
    public float* From => from;

    public nint Step => step;

    public nint Next => next;

    /// <summary>A matrix of so many numbers, which comes next, during a product of so many steps for some rows.</summary>
    public static Ahead Matrix(float* from, int numbers, int rows, int steps)
    {
        var groups = Math.Max(1, rows / (2 * InnerLoops.ProductRows));
        var step = Math.Max(1, numbers / (groups * steps));
        return new(from, step, step * steps);
    }

    /// <summary>The next rows of sums, during a product of so many steps for the rows before them.</summary>
    public static Ahead Rows(float* sums, int columns, int steps)
    {
        var rows = 2 * InnerLoops.ProductRows * columns;
        return new(sums + rows, Math.Max(1, rows / steps), rows);
    }
}
