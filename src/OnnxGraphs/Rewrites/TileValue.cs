using OnnxGraphs.Kernels.Elementwise;

namespace OnnxGraphs.Rewrites;

/// <summary>
/// A value of a program under construction: in a known place, or in a slot that is given to it later.
/// </summary>
internal sealed class TileValue(Operand? place = null)
{
    /// <summary>Where it lies; null until it has a slot.</summary>
    public Operand? Place { get; set; } = place;

    /// <summary>The last instruction that reads it.</summary>
    public int LastUse { get; set; } = -1;

    /// <summary>One number for all elements.</summary>
    public bool IsScalar => Place is { Place: Kernels.Elementwise.Place.Constant or Kernels.Elementwise.Place.Scalar };
}
