using System.Runtime.CompilerServices;

namespace OnnxGraphs.Kernels.Loops;

/// <summary>
/// Memory that products of matrices are going to need next: they ask for a cache line with each of their steps, row by row,
/// as memory delivers it fastest, and each product goes on where the one before it ended.
/// </summary>
internal unsafe struct Ahead
{
    private readonly nint _step, _jump;
    private readonly int _lines;
    private float* _line;
    private int _left, _rest;

    /// <param name="from">The first line of the first row.</param>
    /// <param name="step">Numbers from one line to the next.</param>
    /// <param name="lines">Lines of a row.</param>
    /// <param name="pitch">Numbers from one row to the next.</param>
    /// <param name="rows">Rows.</param>
    public Ahead(float* from, nint step, int lines, nint pitch = 0, int rows = 1)
    {
        (_step, _lines, _jump) = (step, lines, pitch - lines * step);
        _line = from;
        (_left, _rest) = (lines, lines * rows);
    }

    /// <summary>For a product of so many steps, in registers; nothing but the product's own first line once all is done.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly Walk Begin(int steps, float* own) =>
        _rest > 0 ? new(_line, _step, _left, _lines, _jump) : new(own, 0, steps + 1, 0, 0);

    /// <summary>Goes on behind so many steps.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void End(int steps, Walk walk)
    {
        _rest -= steps;
        _line = walk.Line;
        _left = walk.Left;
    }

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

    /// <summary>The part of one product.</summary>
    internal struct Walk(float* line, nint step, int left, int lines, nint jump)
    {
        private readonly nint _step = step, _jump = jump;
        private readonly int _lines = lines;

        /// <summary>The next line.</summary>
        public float* Line = line;

        /// <summary>Lines of this row that have not been asked for.</summary>
        public int Left = left;

        /// <summary>Asks for a line.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Fetch()
        {
            CacheLines.Fetch(Line);
            Line += _step;
            if (--Left == 0)
            {
                Line += _jump;
                Left = _lines;
            }
        }
    }
}
