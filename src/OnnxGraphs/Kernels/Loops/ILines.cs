using System.Runtime.CompilerServices;

namespace OnnxGraphs.Kernels.Loops;

/// <summary><see cref="Lines"/> as a product goes through them: for each kind a loop without a choice in it.</summary>
internal unsafe interface ILines
{
    /// <summary>The next row.</summary>
    float* Next();
}

/// <summary>At equal distances.</summary>
internal unsafe struct EvenLines(Lines lines) : ILines
{
    private readonly nint _pitch = lines.Pitch;
    private float* _next = lines.First;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float* Next()
    {
        var line = _next;
        _next += _pitch;
        return line;
    }
}

/// <summary>Wherever they lie.</summary>
internal unsafe struct LinesByOffset(Lines lines) : ILines
{
    private readonly float* _first = lines.First;
    private int* _offset = lines.Offsets;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float* Next() => _first + *_offset++;
}
