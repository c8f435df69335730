namespace MLNet.Detection.Training;

/// <summary>The rows of a view that a rank takes: one of as many as there are ranks, in turn.</summary>
/// <param name="Rank">The rank.</param>
/// <param name="Ranks">How many there are.</param>
/// <param name="First">So many rows from the start are rank 0's.</param>
internal sealed record RankShare(int Rank, int Ranks, int First)
{
    /// <summary>All rows.</summary>
    public static RankShare Whole { get; } = new(0, 1, 0);

    /// <summary>Whether a row, from 0, is this rank's.</summary>
    public bool Has(long row) => Rank == (row < First ? 0 : row % Ranks);
}
