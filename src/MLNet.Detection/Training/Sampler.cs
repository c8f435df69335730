namespace MLNet.Detection.Training;

/// <summary>Decides which images an epoch takes, in which order, and which of them are mirrored.</summary>
public abstract record Sampler
{
    /// <summary>The choices of an epoch (from 0) over <paramref name="count"/> images. The same epoch always gives the same
    /// choices: that is what makes a resumed run equal to an uninterrupted one.</summary>
    public abstract IReadOnlyList<SampleChoice> Epoch(int epoch, int count);
}

/// <summary>One image of an epoch.</summary>
/// <param name="Index">Place of the image in the training set.</param>
/// <param name="Flip">Whether it is mirrored left to right.</param>
public readonly record struct SampleChoice(int Index, bool Flip);

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
