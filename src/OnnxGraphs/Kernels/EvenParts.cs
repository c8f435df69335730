namespace OnnxGraphs.Kernels;

/// <summary>Numbers in parts of whole cache lines, one for each step of some work.</summary>
internal struct EvenParts(int start, int count, int steps)
{
    private int _start = start, _rest = count;

    /// <summary>Numbers of a part, but for the last.</summary>
    public int Size { get; } = (count + steps * CacheLines.Numbers - 1) / (steps * CacheLines.Numbers) * CacheLines.Numbers;

    /// <summary>The part of the next step; empty ones follow the last.</summary>
    public (int Start, int Count) Next()
    {
        var part = (_start, Math.Min(Size, _rest));
        (_start, _rest) = (_start + part.Item2, _rest - part.Item2);
        return part;
    }
}
