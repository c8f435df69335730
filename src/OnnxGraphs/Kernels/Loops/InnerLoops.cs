using System.Runtime.Intrinsics;

namespace OnnxGraphs.Kernels.Loops;

/// <summary>The loops that take the time, for one width of vectors.</summary>
internal abstract unsafe class InnerLoops
{
    /// <summary>
    /// Numbers behind the end of a buffer that a loop may read and write: it works in whole blocks of vectors.
    /// </summary>
    public const int Slack = 128;

    /// <summary>The loops for this processor's widest vectors; null where it has none.</summary>
    public static InnerLoops? Widest() =>
        Vector512.IsHardwareAccelerated ? new InnerLoops<Vector512<float>, Simd512>()
        : Vector256.IsHardwareAccelerated ? new InnerLoops<Vector256<float>, Simd256>()
        : Vector128.IsHardwareAccelerated ? new InnerLoops<Vector128<float>, Simd128>() : null;

    /// <summary>
    /// target[i] = start + sum over taps t of weights[t] source[offsets[t] + i], for i below the length or a little
    /// more.
    /// </summary>
    public abstract void Filter(float* source, float* target, int length, float start, float* weights, int* offsets,
        int taps);

    /// <summary>
    /// The same for exactly the length, at least a vector: taps column by column, as many rows each; of a column's sum only
    /// the places that its mask has bits in are added. A mask of null has them everywhere.
    /// </summary>
    public abstract void FilterColumns(float* source, float* target, int length, float start, float* weights, int* offsets,
        int rows, float** masks, int columns);

    /// <summary>
    /// The same for four rows of a width, with three or five taps a column that lie a row apart, from the upper one on. Where
    /// a row is shorter than a vector, it writes a vector of each.
    /// </summary>
    public abstract void FilterFourRows(float* source, float* target, int width, float start, float* weights, int* offsets,
        int rows, float** masks, int columns);

    /// <summary>
    /// sums[t] += sum over i of other[i] source[offsets[t] + i]. Beyond the length, up to <see cref="Slack"/>, other
    /// must be zero and source finite. Meanwhile asks for so many numbers ahead with each vector of other.
    /// </summary>
    public abstract void Correlate(float* source, float* other, int length, float* sums, int* offsets, int taps,
        float* ahead, int each);

    /// <summary>
    /// sums[t] += sum over rows r, a multiple of four, and places i of (other[r width + i] and mask[i])
    /// source[(r + t) width + i], for three or five taps t. Reads whole vectors of each row.
    /// </summary>
    public abstract void CorrelateRows(float* source, float* other, int width, int rows, float* mask, float* sums, int taps);

    /// <summary>
    /// Rows of numbers, some zeros before and behind them: row by row to[blank + i] = from[i] for i below the count, and
    /// zero elsewhere below the length.
    /// </summary>
    public abstract void CopyRows(float* from, long fromPitch, float* to, long toPitch, int rows, int blank, int count,
        int length);

    /// <summary>
    /// Rows of so many numbers one behind the other. Reads and writes up to a vector more behind each row.
    /// </summary>
    public abstract void JoinRows(float* from, nint fromPitch, int rows, int count, float* to);

    /// <summary>
    /// As <see cref="CopyRows"/> for the numbers at even and at odd places of each row, two parts of one length. Reads nothing
    /// from the limit on, and may write a vector more behind the last row.
    /// </summary>
    public abstract void SplitRows(float* from, long fromPitch, float* limit, int rows, RowPart even, RowPart odd,
        int length);

    /// <summary>
    /// to[2 i] = even[i], to[2 i + 1] = odd[i], for i below the count or up to half of <see cref="Slack"/> more.
    /// </summary>
    public abstract void Interleave(float* even, float* odd, float* to, int count);

    /// <summary>
    /// For windows of 3 x 3 of rows of a width, two places apart: lines[t linePitch + i] = dy[i] where the first maximum of
    /// window i is its place t, and 0 elsewhere, for i below the count, at least a vector.
    /// </summary>
    public abstract void ChooseMaxima(float* x, nint width, float* dy, int count, float* lines, nint linePitch);

    /// <summary>
    /// Adds lines of three places two apart, of two rows of windows:
    /// to[2 i] = upper[2][i] + upper[0][i + 1] + lower[2][i] + lower[0][i + 1], to[2 i + 1] = upper[1][i + 1] + lower[1][i + 1],
    /// for i below the count or up to a vector more.
    /// </summary>
    public abstract void InterleaveLines(float* upper, float* lower, nint linePitch, int count, float* to);

    /// <summary>Numbers in a vector.</summary>
    public abstract int Width { get; }

    /// <summary>Rows that a product works on at a time, or twice as many; fewer at the end.</summary>
    public const int ProductRows = 6;

    /// <summary>
    /// sums[r columns + j] = sum over p below the count of x[r pitch + p step] y[p][j], or that much more, for columns of one
    /// or two vectors. Rows are filled up to an even number.
    /// </summary>
    public abstract void Multiply(float* x, nint pitch, nint step, int rows, int count, Lines y, int columns, float* sums,
        bool add, ref Ahead ahead);

    /// <summary>The same, with nothing that is asked for ahead.</summary>
    public void Multiply(float* x, nint pitch, nint step, int rows, int count, Lines y, int columns, float* sums, bool add)
    {
        var nothing = default(Ahead);
        Multiply(x, pitch, step, rows, count, y, columns, sums, add, ref nothing);
    }

    /// <summary>The same where the rows of y lie one behind the other, with what this product asks for.</summary>
    public void Multiply(float* x, nint pitch, nint step, int rows, int count, float* y, int columns, float* sums, bool add,
        Ahead ahead = default) => Multiply(x, pitch, step, rows, count, new Lines(y, columns), columns, sums, add, ref ahead);

    /// <summary>
    /// The row that panels of two vectors each hold, with a number added: row[2 b width + i] = panels[b panelPitch + i] + bias.
    /// </summary>
    public abstract void Unpack(float* panels, nint panelPitch, int count, float bias, float* row);

    /// <summary>to[j toPitch + i] = from[i fromPitch + j], for i below rows and j below columns.</summary>
    public abstract void Transpose(float* from, int fromPitch, int rows, int columns, float* to, int toPitch);

    /// <summary>
    /// Maps tiles of 4 x 4 or 5 x 5 outputs of as many channels as a vector has numbers, channels last; strides of source
    /// and target differ.
    /// </summary>
    public abstract void MapTiles(WinogradStep step, int outputs, float* from, TileStrides source, float* to,
        TileStrides target, int count);

    /// <summary>row[i] += bias[i mod width] for a count that is a multiple of the width.</summary>
    public abstract void AddBias(float* row, int count, float* bias);
}
