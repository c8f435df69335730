namespace OnnxGraphs.Kernels.Loops;

/// <summary>Rows of numbers that a product of matrices reads, at equal distances or wherever they lie.</summary>
/// <param name="first">The first row, or what the offsets count from.</param>
/// <param name="pitch">Numbers from one row to the next.</param>
/// <param name="offsets">Where each row begins; null for equal distances.</param>
internal readonly unsafe struct Lines(float* first, nint pitch, int* offsets = null)
{
    public float* First => first;

    public nint Pitch => pitch;

    public int* Offsets => offsets;
}
