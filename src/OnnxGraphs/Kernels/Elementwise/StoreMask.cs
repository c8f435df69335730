namespace OnnxGraphs.Kernels.Elementwise;

/// <summary>0 and 1 as truth values of an output, one byte each.</summary>
internal sealed unsafe class StoreMask(Operand x, int output) : Instruction
{
    public override void Run(in Tile tile)
    {
        var from = tile.At(x);
        var to = (byte*)tile.Output(output) + tile.Start;
        for (var i = 0; i < tile.Count; i++)
            to[i] = (byte)from[i];
    }

    public override bool ReadsInput(int input) => x == new Operand(Place.Input, input);

    public override bool WritesOutput(int number) => number == output;
}
