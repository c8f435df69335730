namespace MLNet.Detection.Training;

/// <summary>
/// Shows images with rare classes several times an epoch. A class in the part f of the images has the factor
/// max(1, sqrt(t / f)), an image the largest of its classes. Over epochs each image comes as often as its factor, in every
/// epoch that or the next whole number. Gupta et al. 2019 (LVIS), section 3, https://arxiv.org/abs/1908.03195
/// </summary>
/// <param name="Threshold">t: classes in fewer images than this part are shown more often; above 0, at most 1.</param>
/// <param name="Seed">The same seed gives the same epochs, on any number of threads.</param>
/// <param name="FlipProbability">How often an image is mirrored, 0 to 1.</param>
public sealed record RepeatFactorSampler(double Threshold = 0.001, int Seed = 0, double FlipProbability = 0.5) : Sampler
{
    private double[]? _factors;

    /// <summary>t, above 0, at most 1.</summary>
    public double Threshold { get; } = Threshold is > 0 and <= 1 ? Threshold
        : throw new ArgumentOutOfRangeException(nameof(Threshold), Threshold, "Expected a number above 0, at most 1.");

    /// <inheritdoc/>
    public override Sampler For(IReadOnlyList<int[]> classes) => this with { _factors = Factors(classes, Threshold) };

    /// <inheritdoc/>
    public override int Length(int count) => (int)Math.Round(Known(count).Sum());

    /// <inheritdoc/>
    public override IReadOnlyList<SampleChoice> Epoch(int epoch, int count)
    {
        var (random, factors) = (new Random(unchecked(Seed * 1_000_003 + epoch)), Known(count));
        var step = factors.Sum() / Length(count);
        // Marks at equal distances along the factors, laid end to end: all that chance decides is where the first one is.
        var (next, end, order) = (random.NextDouble() * step, 0.0, new List<int>());
        for (var image = 0; image < count; image++)
            for (end += factors[image]; next < end && order.Count < Length(count); next += step)
                order.Add(image);
        while (order.Count < Length(count))
            order.Add(count - 1);
        var shuffled = order.ToArray();
        random.Shuffle(shuffled);
        return [.. shuffled.Select(index => new SampleChoice(index, random.NextDouble() < FlipProbability))];
    }

    /// <summary>How often each image comes, for images with objects of these classes.</summary>
    /// <param name="classes">The classes of each image's objects.</param>
    /// <param name="threshold">t.</param>
    public static double[] Factors(IReadOnlyList<int[]> classes, double threshold)
    {
        var images = classes.SelectMany(own => own.Distinct()).CountBy(c => c)
            .ToDictionary(pair => pair.Key, pair => Math.Max(1, Math.Sqrt(threshold * classes.Count / pair.Value)));
        return [.. classes.Select(own => own.Length == 0 ? 1 : own.Max(c => images[c]))];
    }

    private double[] Known(int count) => _factors is { } factors && factors.Length == count ? factors
        : throw new InvalidOperationException($"{nameof(RepeatFactorSampler)} must know the classes of {count} images; call "
            + $"{nameof(For)} first, as the trainer does.");
}
