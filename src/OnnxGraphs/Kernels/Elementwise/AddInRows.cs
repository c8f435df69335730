namespace OnnxGraphs.Kernels.Elementwise;

/// <summary>Adds a number at one place of each row of an output.</summary>
/// <param name="places">The input of places in the rows, Int64; negative ones count from the end.</param>
/// <param name="added">The input of numbers to add.</param>
/// <param name="row">Numbers of a row.</param>
/// <param name="output">The output.</param>
internal sealed unsafe class AddInRows(int places, int added, long row, int output) : Instruction
{
    public override void Run(in Tile tile)
    {
        var place = (long*)tile.Input(places);
        var add = (float*)tile.Input(added);
        var to = (float*)tile.Output(output);
        var end = tile.Start + tile.Count;
        var first = tile.Start / row;
        for (var (i, start) = (first, first * row); start < end; i++, start += row)
            // The tile may be a piece of a row.
            if (start + RowPlace.Of(place[i], row) is var at && at >= tile.Start && at < end)
                to[at] += add[i];
    }

    public override bool ReadsInput(int input) => input == places || input == added;

    public override bool WritesOutput(int number) => number == output;
}
