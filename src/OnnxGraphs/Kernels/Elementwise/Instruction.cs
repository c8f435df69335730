namespace OnnxGraphs.Kernels.Elementwise;

/// <summary>One operation on a tile.</summary>
internal abstract class Instruction
{
    public abstract void Run(in Tile tile);
}
