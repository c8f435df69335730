using System.Runtime.InteropServices;
using OnnxGraphs.Kernels.Loops;

namespace OnnxGraphs.Kernels.Convolutions;

/// <summary>
/// The entries of a kernel between maps of one size, without stride. A map is one row of numbers, as in memory: a shift by
/// i rows and j places is one by i W + j. What a shift takes from the end of another row, the mask of its column takes away.
/// </summary>
internal sealed unsafe class FlatTaps
{
    private const int CachedNumbers = 512;

    private readonly int _height;
    private readonly int _width;
    private readonly int _above;
    private readonly int _below;
    private readonly int _rows;
    private readonly bool _areNear;
    private readonly int[] _weights;
    private readonly int[] _offsets;
    private readonly uint[]?[] _masks;
    private readonly nint[] _maskAddresses;

    public FlatTaps(FilterAxis rows, FilterAxis columns)
    {
        (_height, _width, _rows) = (rows.SourceSize, columns.SourceSize, rows.Taps.Count);
        var rowShifts = rows.Taps.Select(tap => Shift(rows, tap)).ToList();
        (_above, _below) = (Math.Max(0, -rowShifts.Min()), Math.Max(0, rowShifts.Max()));
        BandRows = Math.Min(Math.Max(CachedNumbers / _width / 4, 1) * 4, _height);
        _areNear = _rows is 3 or 5 && rowShifts.Max() - rowShifts.Min() == _rows - 1;
        // Column by column, from the upper row on.
        var taps = columns.Taps.Index().SelectMany(column => rowShifts.Index().OrderBy(row => row.Item).Select(row =>
            (Weight: row.Index * columns.Taps.Count + column.Index,
            Offset: row.Item * _width + Shift(columns, column.Item)))).ToList();
        _weights = [.. taps.Select(tap => tap.Weight)];
        _offsets = [.. taps.Select(tap => tap.Offset)];
        _masks = [.. columns.Taps.Select(tap => Mask(Shift(columns, tap), _width, BandRows * _width + InnerLoops.Slack))];
        _maskAddresses = [.. _masks.Select(mask => mask is null ? 0 : Marshal.UnsafeAddrOfPinnedArrayElement(mask, 0))];
    }

    /// <summary>The axes have no stride, and source and target are of one size.</summary>
    public static bool Serve(FilterAxis rows, FilterAxis columns) => IsSame(rows) && IsSame(columns)
        && columns.Taps.All(tap => Math.Abs(Shift(columns, tap)) < InnerLoops.Slack / 2);

    /// <summary>Entries of the kernel.</summary>
    public int Count => _weights.Length;

    /// <summary>Rows of a band that stays in the first-level cache.</summary>
    public int BandRows { get; }

    /// <summary>Numbers that <see cref="Fill"/> needs.</summary>
    public int BandSize => RowBand.Size((BandRows + _above + _below) * _width);

    /// <summary>
    /// Where the first row of a band of results lies among the rows that it needs. Where the map lacks some they are copied,
    /// with zeros in their place.
    /// </summary>
    public float* Fill(float* map, int first, int rows, float* band) =>
        RowBand.Take(map, _height, _width, first - _above, _above + rows + _below, band) + _above * _width;

    /// <summary>The weights of a channel in the order of the taps.</summary>
    public void Choose(float* weights, float* chosen)
    {
        for (var t = 0; t < _weights.Length; t++)
            chosen[t] = weights[_weights[t]];
    }

    /// <summary>Filters a band of rows; source and target are those of the first result.</summary>
    public void Filter(InnerLoops loops, float* source, float* target, int rows, float start, float* chosen)
    {
        var (done, length) = (0, rows * _width);
        fixed (int* offsets = _offsets)
        fixed (nint* masks = _maskAddresses)
        {
            for (; _areNear && done + 3 * _width + Math.Max(_width, loops.Width) <= length; done += 4 * _width)
                loops.FilterFourRows(source + done, target + done, _width, start, chosen, offsets, _rows, (float**)masks,
                    _masks.Length);
            // A row begins where another one does, for the masks too.
            if (done < length && length - done >= loops.Width)
                loops.FilterColumns(source + done, target + done, length - done, start, chosen, offsets, _rows,
                    (float**)masks, _masks.Length);
            else if (done < length)
                FilterRest(loops, source + done, target + done, length - done, start, chosen, offsets, (float**)masks);
        }
    }

    // Fewer numbers than a vector.
    private void FilterRest(InnerLoops loops, float* source, float* target, int length, float start, float* chosen,
        int* offsets, float** masks)
    {
        var vector = stackalloc float[loops.Width];
        loops.FilterColumns(source, vector, loops.Width, start, chosen, offsets, _rows, masks, _masks.Length);
        new Span<float>(vector, length).CopyTo(new(target, length));
    }

    private static bool IsSame(FilterAxis axis) => axis is { SourceStride: 1, TargetStride: 1 }
        && axis.SourceSize == axis.TargetSize;

    // How far behind its target a tap reads.
    private static int Shift(FilterAxis axis, AxisTap tap) => tap.Shift - axis.SourceBefore;

    // All bits where a shift stays in its row; null where it always does.
    private static uint[]? Mask(int shift, int width, int length)
    {
        if (shift == 0)
            return null;
        var mask = GC.AllocateArray<uint>(length, pinned: true);
        for (var i = 0; i < length; i++)
            mask[i] = i % width + shift is var place && place >= 0 && place < width ? uint.MaxValue : 0;
        return mask;
    }
}
