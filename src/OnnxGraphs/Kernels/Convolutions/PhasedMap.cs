using OnnxGraphs.Kernels.Loops;

namespace OnnxGraphs.Kernels.Convolutions;

/// <summary>
/// A band of rows of a padded map, each of its phases laid out flat with a common row length: a shift by i rows and j
/// places is then a shift by i times that length plus j.
/// </summary>
internal sealed unsafe class PhasedMap
{
    private readonly FilterAxis _rows;
    private readonly FilterAxis _columns;

    public PhasedMap(FilterAxis rows, FilterAxis columns)
    {
        (_rows, _columns) = (rows, columns);
        Pitch = columns.Count + columns.Halo;
        // Source and target of a band stay in the first-level cache.
        const int cached = 9000;
        var each = Pitch * (rows.SourceStride * columns.SourceStride + 1);
        Rows = Math.Clamp((cached - rows.Halo * each) / each, Math.Min(4, rows.Count), rows.Count);
        PhaseSize = (Rows + rows.Halo) * Pitch + Beyond;
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
                for (var i = 0; i < rows + _rows.Halo; i++)
                {
                    var y = (first + i) * _rows.SourceStride + row - _rows.SourceBefore;
                    var to = new Span<float>(phases + i * Pitch, Pitch);
                    if (y < 0 || y >= _rows.SourceSize)
                        to.Clear();
                    else
                        CopyRow(map + y * _columns.SourceSize, to, column);
                }
                new Span<float>(phases + (rows + _rows.Halo) * Pitch, Beyond).Clear();
            }
    }

    private void CopyRow(float* row, Span<float> to, int phase)
    {
        var (stride, size) = (_columns.SourceStride, _columns.SourceSize);
        var start = _columns.First * stride + phase - _columns.SourceBefore;
        var blank = start >= 0 ? 0 : Math.Min(to.Length, (-start + stride - 1) / stride);
        var x = start + blank * stride;
        var copied = Math.Clamp((size - x + stride - 1) / stride, 0, to.Length - blank);
        to[..blank].Clear();
        to[(blank + copied)..].Clear();
        if (stride == 1)
            new ReadOnlySpan<float>(row + x, copied).CopyTo(to[blank..]);
        else
            for (var j = 0; j < copied; j++, x += stride)
                to[blank + j] = row[x];
    }

    /// <summary>Copies a phase of the target, laid out like the source, to the rows that it stands for.</summary>
    public void Write(float* phase, float* map, int first, int rows, int rowPhase, int columnPhase)
    {
        var (stride, size) = (_columns.TargetStride, _columns.TargetSize);
        var start = _columns.First * stride + columnPhase - _columns.TargetBefore;
        var skipped = start >= 0 ? 0 : (-start + stride - 1) / stride;
        var count = Math.Min(_columns.Count, (size - start + stride - 1) / stride) - skipped;
        for (var i = 0; i < rows; i++)
        {
            var y = (first + i) * _rows.TargetStride + rowPhase - _rows.TargetBefore;
            if (y < 0 || y >= _rows.TargetSize || count <= 0)
                continue;
            var from = phase + i * Pitch + skipped;
            var to = map + y * size + start + skipped * stride;
            if (stride == 1)
                new ReadOnlySpan<float>(from, count).CopyTo(new(to, count));
            else
                for (var j = 0; j < count; j++)
                    to[j * stride] = from[j];
        }
    }
}
