using System.Runtime.Intrinsics.X86;

namespace OnnxGraphs.Kernels.Elementwise;

/// <summary>
/// Asks for the next tile's lines of memory, so that they arrive while the loops compute on this one. Behind the end of
/// an input that does nothing.
/// </summary>
/// <param name="inputs">Inputs with a number for each element.</param>
internal sealed unsafe class FetchAhead(Operand[] inputs) : Instruction
{
    private const int Line = 64 / sizeof(float);

    public override void Run(in Tile tile)
    {
        foreach (var input in inputs)
        {
            var next = tile.At(input) + tile.Count;
            for (var i = 0; i < tile.Count; i += Line)
                Sse.Prefetch0(next + i);
        }
    }

    public override bool ReadsInput(int input) => false;
}
