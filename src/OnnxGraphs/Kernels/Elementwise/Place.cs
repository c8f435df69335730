namespace OnnxGraphs.Kernels.Elementwise;

/// <summary>Kinds of memory that an <see cref="Operand"/> may lie in.</summary>
internal enum Place
{
    /// <summary>A tile of scratch memory.</summary>
    Slot,

    /// <summary>The tile's part of an input.</summary>
    Input,

    /// <summary>The tile's part of an output.</summary>
    Output,

    /// <summary>One number for all tiles, from an input of one element.</summary>
    Scalar,
}
