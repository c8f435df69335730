namespace OnnxGraphs.Kernels.Elementwise;

/// <summary>A value that a loop computes for each element.</summary>
/// <param name="Op">An operation of <see cref="LaneOperations"/>, or one of the names here.</param>
/// <param name="A">Number of the first operand's value, or of the memory operand that is read.</param>
/// <param name="B">Number of the second operand's value; -1 where there is none.</param>
/// <param name="C">Number of the third operand's value; -1 where there is none.</param>
/// <param name="Alpha">A number that belongs to the operation.</param>
/// <param name="Beta">Another one.</param>
internal readonly record struct LoopValue(string Op, int A = -1, int B = -1, int C = -1, float Alpha = 0,
    float Beta = 0)
{
    /// <summary>Reads a number for each element.</summary>
    public const string Load = "Load";

    /// <summary>Reads one number for all elements.</summary>
    public const string Scalar = "Scalar";

    /// <summary>The number <see cref="Alpha"/>.</summary>
    public const string Number = "Number";

    /// <summary>Whether it stands for itself: nothing is computed.</summary>
    public bool IsLeaf => Op is Load or Scalar or Number;
}
