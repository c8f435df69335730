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
        var end = map + (long)_rows.SourceSize * size;
        for (var i = 0; i < rows; i++, to += Pitch)
        {
            var y = top + i * _rows.SourceStride;
            if (y < 0 || y >= _rows.SourceSize)
            {
                new Span<float>(to, Pitch).Clear();
                continue;
            }
            for (var j = 0; j < blank; j++)
                to[j] = 0;
            CopyRow(map + (long)y * size + x, end, to + blank, copied);
            for (var j = blank + copied; j < Pitch; j++)
                to[j] = 0;
        }
    }

    private void CopyRow(float* from, float* end, float* to, int count)
    {
        if (_columns.SourceStride == 1)
            _loops.Copy(from, to, count);
        else if (_columns.SourceStride == 2)
            _loops.CopyEven(from, end, to, count);
        else
            for (var j = 0; j < count; j++)
                to[j] = from[j * _columns.SourceStride];
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
        for (var i = 0; i < rows; i++)
        {
            var y = (first + i) * _rows.TargetStride + rowPhase - _rows.TargetBefore;
            if (y >= 0 && y < _rows.TargetSize)
                _loops.Copy(phase + i * Pitch * stride + skipped, map + (long)y * size + start + skipped, count);
        }
    }
}
