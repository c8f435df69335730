using OnnxGraphs.Kernels.Loops;

namespace OnnxGraphs.Kernels.Convolutions;

/// <summary>
/// A band of rows of a padded map, each of its phases laid out flat with a common row length: a shift by i rows and j
/// places is then a shift by i times that length plus j.
/// </summary>
internal sealed unsafe class PhasedMap
{
    private readonly InnerLoops _loops;
    private readonly FilterAxis _rows;
    private readonly FilterAxis _columns;

    public PhasedMap(InnerLoops loops, FilterAxis rows, FilterAxis columns, int bandRows)
    {
        (_loops, _rows, _columns, Rows) = (loops, rows, columns, bandRows);
        Pitch = columns.Count + columns.Halo;
        PhaseSize = (Rows + rows.Halo) * Pitch + Beyond;
    }

    /// <summary>Bands so short that source and target stay in the first-level cache.</summary>
    public static PhasedMap Cached(InnerLoops loops, FilterAxis rows, FilterAxis columns)
    {
        const int cached = 9000;
        var each = (columns.Count + columns.Halo)
            * (rows.SourceStride * columns.SourceStride + columns.TargetStride);
        return new(loops, rows, columns,
            Math.Clamp((cached - rows.Halo * each) / each, Math.Min(4, rows.Count), rows.Count));
    }

    // Shifted reads go this far behind the last row.
    private int Beyond => _columns.Halo + InnerLoops.Slack;

    /// <summary>Row length of every phase.</summary>
    public int Pitch { get; }

    /// <summary>Rows of a band, of the target.</summary>
    public int Rows { get; }

    /// <summary>Numbers of a phase.</summary>
    public int PhaseSize { get; }

    /// <summary>Numbers of all phases.</summary>
    public int Size => PhaseSize * _rows.SourceStride * _columns.SourceStride;

    /// <summary>Where the map of a pair of taps begins.</summary>
    public int Offset(AxisTap row, AxisTap column) =>
        (row.SourcePhase * _columns.SourceStride + column.SourcePhase) * PhaseSize + row.Shift * Pitch + column.Shift;

    /// <summary>Copies the rows that a band needs, from the target's index on.</summary>
    public void Fill(float* map, float* phases, int first, int rows)
    {
        for (var row = 0; row < _rows.SourceStride; row++)
            for (var column = 0; column < _columns.SourceStride; column++, phases += PhaseSize)
            {
                FillPhase(map, phases, first * _rows.SourceStride + row - _rows.SourceBefore, rows + _rows.Halo,
                    _columns.First * _columns.SourceStride + column - _columns.SourceBefore);
                new Span<float>(phases + (rows + _rows.Halo) * Pitch, Beyond).Clear();
            }
    }

    private void FillPhase(float* map, float* to, int top, int rows, int left)
    {
        var (stride, size) = (_columns.SourceStride, _columns.SourceSize);
        var blank = left >= 0 ? 0 : Math.Min(Pitch, (-left + stride - 1) / stride);
        var x = left + blank * stride;
        var copied = Math.Clamp((size - x + stride - 1) / stride, 0, Pitch - blank);
        // The rows of the map from the first to the last one that the band reaches; zeros above and below.
        var above = top >= 0 ? 0 : Math.Min(rows, (-top + _rows.SourceStride - 1) / _rows.SourceStride);
        var first = top + above * _rows.SourceStride;
        var inside = Math.Clamp((_rows.SourceSize - first + _rows.SourceStride - 1) / _rows.SourceStride, 0,
            rows - above);
        new Span<float>(to, above * Pitch).Clear();
        new Span<float>(to + (above + inside) * Pitch, (rows - above - inside) * Pitch).Clear();
        if (inside > 0)
            CopyRows(map, (long)first * size + x, to + above * Pitch, inside, blank, copied);
    }

    private void CopyRows(float* map, long start, float* to, int rows, int blank, int count)
    {
        var step = (long)_rows.SourceStride * _columns.SourceSize;
        var end = map + (long)_rows.SourceSize * _columns.SourceSize;
        if (_columns.SourceStride == 1)
            _loops.CopyRows(map + start, step, to, Pitch, rows, blank, count, Pitch);
        else if (_columns.SourceStride == 2)
            _loops.CopyEvenRows(map + start, step, end, to, Pitch, rows, blank, count, Pitch);
        else
            for (var i = 0; i < rows; i++)
                for (var j = 0; j < Pitch; j++)
                    to[i * Pitch + j] = j < blank || j >= blank + count ? 0
                        : map[start + i * step + (long)(j - blank) * _columns.SourceStride];
    }

    /// <summary>
    /// Copies a row phase of the target to the rows that it stands for. Its column phases lie interleaved, in rows of
    /// as many times the pitch.
    /// </summary>
    public void Write(float* phase, float* map, int first, int rows, int rowPhase)
    {
        var (stride, size) = (_columns.TargetStride, _columns.TargetSize);
        var start = _columns.First * stride - _columns.TargetBefore;
        var skipped = Math.Max(0, -start);
        var count = Math.Min(_columns.Count * stride, size - start) - skipped;
        var top = first * _rows.TargetStride + rowPhase - _rows.TargetBefore;
        var above = top >= 0 ? 0 : Math.Min(rows, (-top + _rows.TargetStride - 1) / _rows.TargetStride);
        var y = top + above * _rows.TargetStride;
        var inside = Math.Clamp((_rows.TargetSize - y + _rows.TargetStride - 1) / _rows.TargetStride, 0, rows - above);
        if (inside > 0 && count > 0)
            _loops.CopyRows(phase + above * Pitch * stride + skipped, Pitch * stride,
                map + (long)y * size + start + skipped, (long)_rows.TargetStride * size, inside, 0, count, count);
    }
}
