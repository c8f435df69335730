using MLNet.Detection.Augmentation;
using MLNet.Detection.Data;
using MLNet.Detection.Heads;
using MLNet.Detection.Images;

namespace MLNet.Detection.Training;

/// <summary>
/// Changes images of the store at random before they are learnt: first a mix of several, then each change in turn. What
/// happens to an image depends on seed, epoch and image alone, so that a resumed run goes on as it would have.
/// </summary>
/// <param name="store">The images.</param>
/// <param name="changes">The changes.</param>
/// <param name="mix">The mix; null for none.</param>
/// <param name="mixedEpochs">Epochs, from the first, in which images are mixed.</param>
/// <param name="seed">Where chance begins.</param>
internal sealed class SampleAugmentation(
    SampleStore store, IReadOnlyList<IAugmentation> changes, IPictureMix? mix, int mixedEpochs,
    int seed)
{
    /// <summary>The image of a choice with its labels, at the size of the task's network.</summary>
    public (Sample Sample, RgbImage Image) Apply(int epoch, SampleChoice choice, TrainingTask task)
    {
        var (sample, picture) = store.Readable(choice.Index);
        if (choice.Flip)
            picture = HorizontalFlip.Flip(picture);
        sample = sample with { Seed = unchecked((seed * 1_000_003 + epoch) * 1_000_003 + choice.Index) };
        var random = new Random(sample.Seed);
        if (mix is not null && epoch < mixedEpochs)
            picture = mix.Apply(picture, [.. Enumerable.Range(0, mix.Others).Select(_ => Any(random))], random);
        foreach (var change in changes)
            picture = change.Apply(picture, random);
        picture = task.Frame(picture, random);
        return (sample.With(picture), picture.Image);
    }

    private LabeledPicture Any(Random random) => store.Readable(random.Next(store.Samples.Count)).Picture;
}
