using System.Runtime.CompilerServices;

namespace OnnxGraphs.Kernels.Elementwise;

/// <summary>Places in a row, as ONNX counts them.</summary>
internal static class RowPlace
{
    /// <summary>The place from the beginning; a negative one is given from the end.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long Of(long place, long row)
    {
        if (place < 0)
            place += row;
        if ((ulong)place >= (ulong)row)
            Refuse(place, row);
        return place;
    }

    private static void Refuse(long place, long row) =>
        throw new InvalidOperationException($"Place {place} in rows of {row}; expected 0 to {row - 1}.");
}
