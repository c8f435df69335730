namespace MLNet.Detection.Training;

/// <summary>
/// Draws the class first, then an image with an object of it: every class comes equally often, however rare it is. Images
/// without an object count as one more class. An epoch has as many draws as there are images: of K classes each gets their
/// Kth part, rounded up or down. The images of a class come in a random order, which begins again when all have come. Shen et
/// al. 2016, section 3.2 (class-aware sampling), https://arxiv.org/abs/1512.05830
/// </summary>
/// <param name="Seed">The same seed gives the same epochs, on any number of threads and ranks.</param>
/// <param name="FlipProbability">How often an image is mirrored, 0 to 1.</param>
public sealed record ClassBalancedSampler(int Seed = 0, double FlipProbability = 0.5) : Sampler
{
    private int[][]? _images;
    private int _count;

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">No image has an object.</exception>
    public override Sampler For(IReadOnlyList<int[]> classes)
    {
        const int Nothing = -1;
        var images = classes.SelectMany((own, image) => own.Length == 0 ? [(Class: Nothing, Image: image)]
            : own.Distinct().Select(c => (Class: c, Image: image))).GroupBy(pair => pair.Class, pair => pair.Image);
        int[][] ordered = [.. images.OrderBy(group => group.Key).Select(group => group.ToArray())];
        return classes.Any(own => own.Length > 0) ? this with { _images = ordered, _count = classes.Count }
            : throw new InvalidOperationException($"{nameof(ClassBalancedSampler)} balances the classes of boxes, but no image has "
                + $"one; take {nameof(ShuffledSampler)}.");
    }

    /// <inheritdoc/>
    public override IReadOnlyList<SampleChoice> Epoch(int epoch, int count)
    {
        var images = _images is not null && count == _count ? _images : throw new InvalidOperationException(
            $"{nameof(ClassBalancedSampler)} must know the classes of {count} images; call {nameof(For)} with them first.");
        var random = new Random(unchecked(Seed * 1_000_003 + epoch));
        int[] classes = [.. Enumerable.Range(0, images.Length)];
        int[][] orders = Array.ConvertAll(images, of => (int[])[.. of]);
        foreach (var order in orders)
            random.Shuffle(order);
        var choices = new SampleChoice[count];
        for (var i = 0; i < count; i++)
        {
            var (round, place) = Math.DivRem(i, classes.Length);
            if (place == 0)
                random.Shuffle(classes);
            var own = orders[classes[place]];
            choices[i] = new(own[round % own.Length], random.NextDouble() < FlipProbability);
        }
        return choices;
    }
}
