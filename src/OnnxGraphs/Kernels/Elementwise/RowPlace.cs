namespace OnnxGraphs.Kernels.Elementwise;

/// <summary>Places in a row, as ONNX counts them.</summary>
internal static class RowPlace
{
    /// <summary>The place from the beginning; a negative one is given from the end.</summary>
    public static long Of(long place, long row) => place >= -row && place < row ? place < 0 ? place + row : place
        : throw new InvalidOperationException($"Index {place} in rows of {row}; expected {-row} to {row - 1}.");
}
