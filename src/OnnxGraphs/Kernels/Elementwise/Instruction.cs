namespace OnnxGraphs.Kernels.Elementwise;

/// <summary>One operation on a tile.</summary>
internal abstract class Instruction
{
    public abstract void Run(in Tile tile);

    /// <summary>Whether it reads the input of this number.</summary>
    public abstract bool ReadsInput(int input);

    /// <summary>Whether it writes the output of this number.</summary>
    public virtual bool WritesOutput(int output) => false;
}
