using System.Runtime.CompilerServices;

namespace OnnxGraphs.Kernels.Loops;

/// <summary>What a product of matrices does with each of its steps, beside what it computes.</summary>
internal interface IAhead
{
    /// <summary>One step.</summary>
    void Fetch();
}

/// <summary>
/// Memory that products of matrices are going to need next: they ask for a cache line with each of their steps, row by row,
/// as memory delivers it fastest, and each product goes on where the one before it ended.
/// </summary>
/// <param name="from">The first line of the first row.</param>
/// <param name="step">Numbers from one line to the next.</param>
/// <param name="lines">Lines of a row.</param>
/// <param name="pitch">Numbers from one row to the next.</param>
/// <param name="rows">Rows.</param>
internal unsafe struct Ahead(float* from, nint step, int lines, nint pitch = 0, int rows = 1) : IAhead
{
    private readonly nint _step = step, _jump = pitch - lines * step;
    private readonly int _lines = lines;
    private float* _line = from;
    private int _left = lines, _rest = lines * rows;

    /// <summary>Whether there is something to ask for.</summary>
    public readonly bool HasMore => _rest > 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Fetch()
    {
        CacheLines.Fetch(_line);
        _line += _step;
        if (--_left == 0)
        {
            _line += _jump;
            _left = _lines;
        }
    }

    /// <summary>Counts the steps of a product.</summary>
    public void Pass(int steps) => _rest -= steps;

    /// <summary>A matrix of so many numbers, which comes next, during a product of so many steps for some rows.</summary>
    public static Ahead Matrix(float* from, int numbers, int rows, int steps)
    {
        var groups = Math.Max(1, rows / (2 * InnerLoops.ProductRows));
        return new(from, Math.Max(1, numbers / (groups * steps)), groups * steps);
    }

    /// <summary>The sums behind those that some rows of a product add to, in products of so many steps.</summary>
    public static Ahead Rows(float* sums, int columns, int steps)
    {
        var rows = 2 * InnerLoops.ProductRows * columns;
        return new(sums + rows, Math.Max(1, rows / steps), steps, rows, int.MaxValue / steps);
    }
}

/// <summary>Nothing.</summary>
internal readonly struct NothingAhead : IAhead
{
    public void Fetch()
    {
    }
}
