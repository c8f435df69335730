namespace OnnxGraphs.Kernels.Elementwise;

/// <summary>One number of each row of an input: the number of its place in the row is in another input.</summary>
/// <param name="rows">The input of rows.</param>
/// <param name="places">The input of places, Int64; negative ones count from the end.</param>
/// <param name="row">Numbers of a row.</param>
/// <param name="y">Where they go.</param>
internal sealed unsafe class LoadFromRows(int rows, int places, long row, Operand y) : Instruction
{
    public override void Run(in Tile tile)
    {
        var from = (float*)tile.Input(rows);
        var place = (long*)tile.Input(places);
        var to = tile.At(y);
        for (var i = 0; i < tile.Count; i++)
            to[i] = from[(tile.Start + i) * row + RowPlace.Of(place[tile.Start + i], row)];
    }

    public override bool ReadsInput(int input) => input == rows || input == places;
}
