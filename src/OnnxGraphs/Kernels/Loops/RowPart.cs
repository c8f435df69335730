namespace OnnxGraphs.Kernels.Loops;

/// <summary>Where some numbers of each row go: behind so many zeros, and zeros behind them.</summary>
/// <param name="to">The first row.</param>
/// <param name="blank">Zeros before the numbers.</param>
/// <param name="count">The numbers.</param>
internal readonly unsafe struct RowPart(float* to, int blank, int count)
{
    public float* To { get; } = to;

    public int Blank { get; } = blank;

    public int Count { get; } = count;
}
