namespace MLNet.Detection.Heads;

/// <summary>Columns of a map that the tail makes probabilities of.</summary>
/// <param name="Map">Which of each level's maps.</param>
/// <param name="First">The first column of an anchor.</param>
/// <param name="Count">How many.</param>
/// <param name="Softmax">Whether one softmax runs over them, else a sigmoid for each.</param>
internal sealed record ScoreColumns(int Map, int First, int Count, bool Softmax)
{
    /// <summary>Each by itself.</summary>
    public IEnumerable<ScoreColumns> Each =>
        Enumerable.Range(First, Count).Select(column => this with { First = column, Count = 1 });

    /// <summary>What is left without one of them.</summary>
    public IEnumerable<ScoreColumns> Without(ScoreColumns one)
    {
        if (one.Map != Map || one.First < First || one.First >= First + Count)
            return [this];
        return new[] { this with { Count = one.First - First },
            this with { First = one.First + 1, Count = First + Count - one.First - 1 } }.Where(part => part.Count > 0);
    }
}
