using OnnxGraphs.Kernels.Loops;

namespace OnnxGraphs.Kernels.Poolings;

/// <summary>
/// Spreads dy of windows of 3 x 3 with stride 2 to where the maxima stand. A row of windows gives a line for each of its nine
/// places: dy where the maximum stands there, else 0. Each row of dx is a sum of such lines, in the order of the windows.
/// </summary>
internal sealed unsafe class OverlappingMaxima
{
    private const int Side = 3;

    private readonly InnerLoops _loops;
    private readonly PoolAxis _rows;
    private readonly PoolAxis _columns;
    private readonly int _linePitch;

    public OverlappingMaxima(InnerLoops loops, PoolAxis rows, PoolAxis columns)
    {
        (_loops, _rows, _columns) = (loops, rows, columns);
        // A window before the first one, one behind the last, and what vectors reach.
        _linePitch = 1 + columns.Output + InnerLoops.Slack;
    }

    /// <summary>Numbers that <see cref="Spread"/> needs: lines of two rows of windows, none, and a row of dx.</summary>
    public int Scratch => (2 * Side + 1) * LinesSize + 2 * _linePitch;

    // Of three lines.
    private int LinesSize => Side * _linePitch;

    /// <summary>dx of a map.</summary>
    public void Spread(float* dy, float* x, float* dx, float* scratch)
    {
        float* upper = scratch, lower = upper + Side * LinesSize, none = lower + Side * LinesSize, row = none + LinesSize;
        new Span<float>(scratch, Scratch).Clear();
        var written = 0;
        for (var window = 0; window <= _rows.Output; window++)
        {
            if (window < _rows.Output)
                Choose(dy + window * _columns.Output, x, window, lower);
            else
                new Span<float>(lower, Side * LinesSize).Clear();
            var place = 2 * window - _rows.Before;
            // The next rows.
            CacheLines.Fetch(x + (place + 6) * _columns.Size, 2 * _columns.Size);
            CacheLines.Fetch(dx + (written + 2) * _columns.Size, 2 * _columns.Size);
            if (place >= 0 && place < _rows.Size)
                Write(upper + 2 * LinesSize, lower, row, dx + written++ * _columns.Size);
            if (place + 1 >= 0 && place + 1 < _rows.Size)
                Write(lower + LinesSize, none, row, dx + written++ * _columns.Size);
            var above = upper;
            upper = lower;
            lower = above;
        }
        new Span<float>(dx + written * _columns.Size, (_rows.Size - written) * _columns.Size).Clear();
    }

    // The lines of a row of windows. Those that reach beyond the map have fewer places.
    private void Choose(float* dy, float* x, int row, float* lines)
    {
        lines++;
        var (above, left) = (row * 2 - _rows.Before, _columns.Before);
        var isInside = above >= 0 && above + Side <= _rows.Size;
        var first = isInside ? Math.Min((left + 1) / 2, _columns.Output) : _columns.Output;
        var end = Math.Clamp((_columns.Size - Side + left) / 2 + 1, first, _columns.Output);
        if (end - first < _loops.Width)
            (first, end) = (_columns.Output, _columns.Output);
        else
            _loops.ChooseMaxima(x + above * _columns.Size + 2 * first - left, _columns.Size, dy + first, end - first,
                lines + first, _linePitch);
        for (var column = 0; column < _columns.Output; column = column + 1 == first ? end : column + 1)
            ChooseOne(x, row, column, dy[column], lines + column);
    }

    private void ChooseOne(float* x, int row, int column, float dy, float* lines)
    {
        var place = MaxPoolGradient.Largest(x, _rows, _columns, row, column);
        var (i, j) = (place / _columns.Size - row * 2 + _rows.Before, place % _columns.Size - column * 2 + _columns.Before);
        for (var line = 0; line < Side * Side; line++)
            lines[line * _linePitch] = line == i * Side + j ? dy : 0;
    }

    // A row of dx: the sum of two triples of lines.
    private void Write(float* upper, float* lower, float* row, float* dx)
    {
        var (count, left) = (_columns.Output + 1, _columns.Before);
        _loops.InterleaveLines(upper, lower, _linePitch, count, row);
        _loops.CopyRows(row + left, 0, dx, 0, 1, 0, Math.Min(2 * count - left, _columns.Size), _columns.Size);
    }
}
