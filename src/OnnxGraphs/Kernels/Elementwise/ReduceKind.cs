namespace OnnxGraphs.Kernels.Elementwise;

/// <summary>What a reduction adds up.</summary>
internal enum ReduceKind
{
    /// <summary>The elements.</summary>
    Sum,

    /// <summary>Their squares.</summary>
    Squares,

    /// <summary>Their magnitudes.</summary>
    Magnitudes,
}
