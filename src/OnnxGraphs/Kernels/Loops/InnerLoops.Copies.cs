using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace OnnxGraphs.Kernels.Loops;

internal sealed unsafe partial class InnerLoops<V, S>
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void CopyRows(float* from, long fromPitch, float* to, long toPitch, int rows, int blank, int count,
        int length)
    {
        for (var row = 0; row < rows; row++, from += fromPitch, to += toPitch)
        {
            for (var i = 0; i < blank; i++)
                to[i] = 0;
            Copy(from, to + blank, count);
            for (var i = blank + count; i < length; i++)
                to[i] = 0;
        }
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void JoinRows(float* from, nint fromPitch, int rows, int count, float* to)
    {
        for (; rows > 0; rows--, from += fromPitch, to += count)
            for (nint i = 0; i < count; i += S.Width)
                S.Store(S.Load(from + i), to + i);
    }

    // Rows are short: no call, and the last vector overlaps the one before it.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Copy(float* from, float* to, int count)
    {
        var i = 0;
        for (; i + S.Width <= count; i += S.Width)
            S.Store(S.Load(from + i), to + i);
        if (i < count && count >= S.Width)
            S.Store(S.Load(from + count - S.Width), to + count - S.Width);
        else
            for (; i < count; i++)
                to[i] = from[i];
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void SplitRows(float* from, long fromPitch, float* limit, int rows, RowPart even, RowPart odd,
        int length)
    {
        float* toEven = even.To, toOdd = odd.To;
        for (var row = 0; row < rows; row++, from += fromPitch, toEven += length, toOdd += length)
        {
            // What a vector writes too much, zeros and the next row overwrite.
            Split(from, limit, Math.Max(even.Count, odd.Count), toEven + even.Blank, toOdd + odd.Blank);
            Surround(toEven, even, length);
            Surround(toOdd, odd, length);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Split(float* from, float* limit, int pairs, float* even, float* odd)
    {
        var i = 0;
        for (; i < pairs && from + 2 * (i + S.Width) <= limit; i += S.Width)
        {
            var (evens, odds) = S.Split(from + 2 * i);
            S.Store(evens, even + i);
            S.Store(odds, odd + i);
        }
        for (; i < pairs && from + 2 * i < limit; i++)
            (even[i], odd[i]) = (from[2 * i], from + 2 * i + 1 < limit ? from[2 * i + 1] : 0);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Surround(float* row, RowPart part, int length)
    {
        for (var i = 0; i < part.Blank; i++)
            row[i] = 0;
        for (var i = part.Blank + part.Count; i < length; i++)
            row[i] = 0;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Interleave(float* even, float* odd, float* to, int count)
    {
        for (var i = 0; i < count; i += S.Width)
            S.Interleave(S.Load(even + i), S.Load(odd + i), to + 2 * i);
    }

    // In squares of cache lines, so that each line is read and written once: rows of maps may fall into one set of the cache.
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Transpose(float* from, int fromPitch, int rows, int columns, float* to, int toPitch)
    {
        const int side = WideTranspose.Side;
        if (S.Width == side && WideTranspose.IsSupported && Math.Min(rows, columns) >= side)
        {
            // The last ones may overlap those before them.
            for (var row = 0; row < rows; row += side)
                for (var column = 0; column < columns; column += side)
                {
                    var (i, j) = (Math.Min(row, rows - side), Math.Min(column, columns - side));
                    WideTranspose.Square(from + (long)i * fromPitch + j, fromPitch, to + (long)j * toPitch + i, toPitch);
                }
            return;
        }
        for (var row = 0; row < rows; row += side)
            for (var column = 0; column < columns; column += side)
                TransposeSquare(from + (long)row * fromPitch + column, fromPitch, Math.Min(side, rows - row),
                    Math.Min(side, columns - column), to + (long)column * toPitch + row, toPitch);
    }

    // Four by four numbers at a time, whole lines of the side whose rows lie farther apart one after another.
    private static void TransposeSquare(float* from, int fromPitch, int rows, int columns, float* to, int toPitch)
    {
        var (evenRows, evenColumns) = (rows & ~3, columns & ~3);
        if (fromPitch > toPitch)
            for (var i = 0; i < evenRows; i += 4)
                for (var j = 0; j < evenColumns; j += 4)
                    TransposeBlock(from + (long)i * fromPitch + j, fromPitch, to + (long)j * toPitch + i, toPitch);
        else
            for (var j = 0; j < evenColumns; j += 4)
                for (var i = 0; i < evenRows; i += 4)
                    TransposeBlock(from + (long)i * fromPitch + j, fromPitch, to + (long)j * toPitch + i, toPitch);
        for (var i = 0; i < rows; i++)
            for (var j = i < evenRows ? evenColumns : 0; j < columns; j++)
                to[(long)j * toPitch + i] = from[(long)i * fromPitch + j];
    }

    // Pairs of rows interleaved, then pairs of pairs.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void TransposeBlock(float* from, nint fromPitch, float* to, nint toPitch)
    {
        Vector128<float> a = Vector128.Load(from), b = Vector128.Load(from + fromPitch);
        Vector128<float> c = Vector128.Load(from + 2 * fromPitch), d = Vector128.Load(from + 3 * fromPitch);
        Vector128<float> ab = Lower(a, b), cd = Lower(c, d);
        Vector128.Store(Lower(ab.AsDouble(), cd.AsDouble()), (double*)to);
        Vector128.Store(Upper(ab.AsDouble(), cd.AsDouble()), (double*)(to + toPitch));
        (ab, cd) = (Upper(a, b), Upper(c, d));
        Vector128.Store(Lower(ab.AsDouble(), cd.AsDouble()), (double*)(to + 2 * toPitch));
        Vector128.Store(Upper(ab.AsDouble(), cd.AsDouble()), (double*)(to + 3 * toPitch));
    }

    // The lower halves, a number of each in turn.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Lower(Vector128<float> a, Vector128<float> b) =>
        Sse.IsSupported ? Sse.UnpackLow(a, b) : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipLow(a, b)
        : Vector128.Create(a[0], b[0], a[1], b[1]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<double> Lower(Vector128<double> a, Vector128<double> b) =>
        Sse2.IsSupported ? Sse2.UnpackLow(a, b) : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipLow(a, b)
        : Vector128.Create(a[0], b[0]);

    // The upper halves.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Upper(Vector128<float> a, Vector128<float> b) =>
        Sse.IsSupported ? Sse.UnpackHigh(a, b) : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipHigh(a, b)
        : Vector128.Create(a[2], b[2], a[3], b[3]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<double> Upper(Vector128<double> a, Vector128<double> b) =>
        Sse2.IsSupported ? Sse2.UnpackHigh(a, b) : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipHigh(a, b)
        : Vector128.Create(a[1], b[1]);
}
