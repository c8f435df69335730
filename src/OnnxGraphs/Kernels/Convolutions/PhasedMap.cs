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
    private readonly int _left;
    private readonly int[] _rowPhases;

    public PhasedMap(InnerLoops loops, FilterAxis rows, FilterAxis columns, int bandRows)
    {
        (_loops, _rows, _columns, Rows) = (loops, rows, columns, bandRows);
        Pitch = columns.Count + columns.Halo;
        // Zeros before a row are those behind the one before it too.
        if (columns is { SourceStride: 1, SourceBefore: > 0 and var before })
            Pitch = Math.Max(Pitch - Math.Min(before, columns.Halo), before + columns.SourceSize);
        PhaseSize = (Rows + rows.Halo) * Pitch + Beyond;
        _left = -columns.SourceBefore;
        _rowPhases = [.. rows.Taps.Select(tap => tap.SourcePhase).Distinct()];
    }

    /// <summary>Bands so short that source and target stay in the first-level cache.</summary>
    public static PhasedMap Cached(InnerLoops loops, FilterAxis rows, FilterAxis columns)
    {
        const int cached = 4000;
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

    /// <summary>Number of the first one in the map that a band needs, from the target's index on.</summary>
    public int Start(int first) => Math.Max(0, first * _rows.SourceStride - _rows.SourceBefore) * _columns.SourceSize;

    /// <summary>Copies the rows that a band needs, of the phases that taps read, from the target's index on.</summary>
    public void Fill(float* map, float* phases, int first, int rows)
    {
        var (top, all) = (first * _rows.SourceStride - _rows.SourceBefore, rows + _rows.Halo);
        foreach (var row in _rowPhases)
            FillRows(map, phases + row * _columns.SourceStride * PhaseSize, top + row, all, Beyond);
    }

    // Some rows of all column phases of a row phase. Zeros beside, above and below the map, and so many behind the rows.
    private void FillRows(float* map, float* phases, int top, int rows, int behind)
    {
        // The rows of the map from the first to the last one that are reached.
        var above = top >= 0 ? 0 : Math.Min(rows, (-top + _rows.SourceStride - 1) / _rows.SourceStride);
        var first = top + above * _rows.SourceStride;
        var inside = Math.Clamp((_rows.SourceSize - first + _rows.SourceStride - 1) / _rows.SourceStride, 0,
            rows - above);
        if (inside > 0)
            Copy(map, first, phases + above * Pitch, inside);
        for (var column = 0; column < _columns.SourceStride; column++, phases += PhaseSize)
        {
            new Span<float>(phases, above * Pitch).Clear();
            new Span<float>(phases + (above + inside) * Pitch, (rows - above - inside) * Pitch + behind).Clear();
        }
    }

    private void Copy(float* map, int first, float* to, int rows)
    {
        var size = _columns.SourceSize;
        if (_columns.SourceStride == 2 && _left <= 0 && 1 - _left < 2 * Pitch)
        {
            // The two phases at once, as they lie in memory: where a row's first two numbers go, and how many there.
            var (even, odd) = (-_left / 2, (1 - _left) / 2);
            _loops.SplitRows(map + (long)first * size, (long)_rows.SourceStride * size, map + (long)_rows.SourceSize * size,
                rows, new(to + -_left % 2 * PhaseSize, even, Math.Min((size + 1) / 2, Pitch - even)),
                new(to + (1 - _left) % 2 * PhaseSize, odd, Math.Min(size / 2, Pitch - odd)), Pitch);
            return;
        }
        for (var column = 0; column < _columns.SourceStride; column++)
        {
            var (stride, left) = (_columns.SourceStride, _left + column);
            var blank = left >= 0 ? 0 : Math.Min(Pitch, (-left + stride - 1) / stride);
            var x = left + blank * stride;
            CopyRows(map, (long)first * size + x, to + column * PhaseSize, rows, blank,
                Math.Clamp((size - x + stride - 1) / stride, 0, Pitch - blank));
        }
    }

    private void CopyRows(float* map, long start, float* to, int rows, int blank, int count)
    {
        var step = (long)_rows.SourceStride * _columns.SourceSize;
        if (_columns.SourceStride == 1)
            _loops.CopyRows(map + start, step, to, Pitch, rows, blank, count, Pitch);
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
        var top = first * _rows.TargetStride + rowPhase;
        var inside = Math.Min(rows, (_rows.TargetSize - top + _rows.TargetStride - 1) / _rows.TargetStride);
        if (inside > 0)
            _loops.CopyRows(phase, Pitch * stride, map + (long)top * size, (long)_rows.TargetStride * size, inside, 0, size,
                size);
    }
}
