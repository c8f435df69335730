namespace OnnxGraphs.Kernels.Elementwise;

/// <summary>An operation with up to three operands.</summary>
internal sealed unsafe class Compute(TileOperation operation, Operand y, Operand a, Operand b, Operand c) : Instruction
{
    public override void Run(in Tile tile) =>
        operation(tile.At(a), tile.At(b), tile.At(c), tile.At(y), tile.Count);
}
