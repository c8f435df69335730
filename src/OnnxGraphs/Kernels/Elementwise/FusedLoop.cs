namespace OnnxGraphs.Kernels.Elementwise;

/// <summary>The compiled part of a program: one loop over the numbers of a tile.</summary>
/// <param name="loop">The loop.</param>
/// <param name="width">Numbers that it goes through at a time.</param>
/// <param name="read">The first memory operands, those that are read.</param>
/// <param name="written">The memory operands behind them.</param>
internal sealed unsafe class FusedLoop(TileLoop loop, int width, Operand[] read, Operand[] written) : Instruction
{
    public override void Run(in Tile tile)
    {
        var places = stackalloc float*[read.Length + written.Length];
        for (var i = 0; i < read.Length; i++)
            places[i] = tile.At(read[i]);
        for (var i = 0; i < written.Length; i++)
            places[read.Length + i] = tile.At(written[i]);
        var whole = tile.Count / width * width;
        if (whole > 0)
            loop(places, whole * sizeof(float));
        if (whole < tile.Count)
            RunRest(places, whole, tile.Count - whole);
    }

    public override bool ReadsInput(int input) => read.Contains(new(Place.Input, input));

    public override bool WritesOutput(int output) => written.Contains(new(Place.Output, output));

    // The numbers that do not fill a vector go through vectors of their own.
    private void RunRest(float** places, int start, int count)
    {
        var memory = stackalloc float[(read.Length + written.Length) * width];
        var padded = stackalloc float*[read.Length + written.Length];
        for (var i = 0; i < read.Length + written.Length; i++)
        {
            padded[i] = memory + i * width;
            if (i < read.Length)
                Copy(places[i] + (read[i].Place == Place.Scalar ? 0 : start), padded[i],
                    read[i].Place == Place.Scalar ? 1 : count);
        }
        loop(padded, width * sizeof(float));
        for (var i = read.Length; i < read.Length + written.Length; i++)
            Copy(padded[i], places[i] + start, count);
    }

    private static void Copy(float* from, float* to, int count) =>
        new ReadOnlySpan<float>(from, count).CopyTo(new(to, count));
}
