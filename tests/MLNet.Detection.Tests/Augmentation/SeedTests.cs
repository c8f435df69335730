using MLNet.Detection.Augmentation;
using MLNet.Detection.Data;

namespace MLNet.Detection.Tests.Augmentation;

/// <summary>The same seed gives the same picture, whatever else runs at the time.</summary>
[TestClass]
public sealed class SeedTests
{
    private const int Pictures = 24;

    public static IEnumerable<object[]> Changes =>
    [
        [new RandomAffine(Probability: 1)], [new RandomRotation(Probability: 1)], [new RandomPerspective(Probability: 1)],
        [new HsvJitter()], [new GaussianBlur(Probability: 1)], [new GaussianNoise(Probability: 1)],
        [new JpegArtefacts(Probability: 1)], [new Cutout(Probability: 1)], [new RandomCrop(1)], [new RandomIouCrop()],
        [new RandomZoom(1)], [new ColorJitter()],
    ];

    public static IEnumerable<object[]> Mixes =>
        [[new Mosaic(64, 48)], [new MixUp()], [new CopyPaste(3, 1)], [new MixSequence(new Mosaic(64, 48), new CopyPaste())]];

    [TestMethod]
    [DynamicData(nameof(Changes))]
    public void ThreadsDoNotMatter(IAugmentation change) =>
        Compare(seed => change.Apply(Picture(seed), new Random(seed)));

    [TestMethod]
    [DynamicData(nameof(Mixes))]
    public void ThreadsDoNotMatterToMixes(IPictureMix mix) => Compare(seed => mix.Apply(
        Picture(seed), [.. Enumerable.Range(0, mix.Others).Select(i => Picture(seed + i + 1))], new Random(seed)));

    private static void Compare(Func<int, LabeledPicture> make)
    {
        var alone = Enumerable.Range(0, Pictures).Select(make).ToArray();
        var together = new LabeledPicture[Pictures];
        Parallel.For(0, Pictures, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i => together[i] = make(i));
        foreach (var (one, other) in alone.Zip(together))
        {
            CollectionAssert.AreEqual(one.Image.Pixels, other.Image.Pixels);
            CollectionAssert.AreEqual(one.Boxes.ToArray(), other.Boxes.ToArray());
        }
        Assert.IsGreaterThan(Pictures / 2, alone.Select(picture => Convert.ToHexString(picture.Image.Pixels)).Distinct().Count());
    }

    private static LabeledPicture Picture(int seed)
    {
        var pixels = new byte[3 * 64 * 48];
        new Random(seed).NextBytes(pixels);
        return new(new(64, 48, pixels), [new(new(5, 6, 30, 28), 1, 550), new(new(30, 10, 60, 44), 0, 1020)]);
    }
}
