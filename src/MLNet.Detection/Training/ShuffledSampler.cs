namespace MLNet.Detection.Training;

/// <summary>Every image once an epoch in an order drawn from a seed; each is mirrored with a probability.</summary>
/// <param name="Seed">The same seed gives the same epochs, on any number of threads.</param>
/// <param name="FlipProbability">From 0 to 1.</param>
public sealed record ShuffledSampler(int Seed = 0, double FlipProbability = 0.5) : Sampler
{
    /// <inheritdoc/>
    public override IReadOnlyList<SampleChoice> Epoch(int epoch, int count)
    {
        var random = new Random(unchecked(Seed * 1_000_003 + epoch));
        var order = Enumerable.Range(0, count).ToArray();
        random.Shuffle(order);
        return [.. order.Select(index => new SampleChoice(index, random.NextDouble() < FlipProbability))];
    }
}
