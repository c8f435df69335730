namespace OnnxGraphs.Kernels.Elementwise;

/// <summary>An operation with up to three operands.</summary>
internal sealed unsafe class Compute(TileOperation operation, Operand y, Operand a, Operand b, Operand c) : Instruction
{
    public override void Run(in Tile tile) =>
        operation(tile.At(a), tile.At(b), tile.At(c), tile.At(y), tile.Count);

    public override bool ReadsInput(int input)
    {
        var read = new Operand(Place.Input, input);
        return a == read || b == read || c == read;
    }

    public override bool WritesOutput(int output) => y == new Operand(Place.Output, output);
}
