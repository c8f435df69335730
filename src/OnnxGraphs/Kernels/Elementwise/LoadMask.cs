namespace OnnxGraphs.Kernels.Elementwise;

/// <summary>Truth values of an input, one byte each, as 0 and 1.</summary>
internal sealed unsafe class LoadMask(int input, Operand y) : Instruction
{
    public override void Run(in Tile tile)
    {
        var from = (byte*)tile.Input(input) + tile.Start;
        var to = tile.At(y);
        for (var i = 0; i < tile.Count; i++)
            to[i] = from[i];
    }

    public override bool ReadsInput(int number) => number == input;
}
