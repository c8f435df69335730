using MLNet.Detection.Augmentation;
using MLNet.Detection.Data;
using MLNet.Detection.Heads;
using MLNet.Detection.Images;

namespace MLNet.Detection.Training;

/// <summary>
/// Changes images of the store at random before they are learnt: first a mix of several, then each change in turn. What
/// happens to an image depends on seed, epoch and image alone, so that a resumed run goes on as it would have.
/// </summary>
internal sealed class SampleAugmentation(
    SampleStore store, IReadOnlyList<IAugmentation> changes, IPictureMix? mix, int seed)
{
    /// <summary>The image of a choice with its objects, at the network's size.</summary>
    public (Sample Sample, RgbImage Image) Apply(int epoch, SampleChoice choice)
    {
        var (sample, image) = (store.Samples[choice.Index], store.Pixels(choice.Index));
        if (choice.Flip)
            (sample, image) = (sample.Flipped(store.Width), HorizontalFlip.Flip(image));
        sample = sample with { Seed = unchecked((seed * 1_000_003 + epoch) * 1_000_003 + choice.Index) };
        if (changes.Count == 0 && mix is null)
            return (sample, image);
        var random = new Random(sample.Seed);
        var picture = new LabeledPicture(image, sample.Labels());
        if (mix is not null)
            picture = mix.Apply(picture, [.. Enumerable.Range(0, mix.Others).Select(_ => Any(random))], random);
        foreach (var change in changes)
            picture = change.Apply(picture, random);
        if (picture.Image.Width != store.Width || picture.Image.Height != store.Height)
            picture = picture.Resize(new ImageResize(store.Width, store.Height));
        return (sample.With(picture.Boxes), picture.Image);
    }

    private LabeledPicture Any(Random random)
    {
        var index = random.Next(store.Samples.Count);
        return new(store.Pixels(index), store.Samples[index].Labels());
    }
}
