using MLNet.Detection.Heads;
using MLNet.Detection.Matching;
using MLNet.Detection.Sampling;

namespace MLNet.Detection.Tests.Sampling;

[TestClass]
public sealed class AnchorSamplerTests
{
    private const int B = Matcher.Background, I = Matcher.Ignored;

    [TestMethod]
    [DataRow(40, 400, 256, 0.5, 40, 216)]      // few positives: background fills up
    [DataRow(400, 4000, 256, 0.25, 64, 192)]
    [DataRow(400, 10, 256, 0.5, 128, 10)]      // little background: fewer than wanted
    [DataRow(0, 400, 100, 0.5, 0, 100)]
    [DataRow(7, 7, 3, 0.5, 1, 2)]              // int(1.5) = 1
    public void Random_samples_have_torchvisions_numbers(
        int positives, int background, int count, double fraction, int keptPositives, int keptBackground)
    {
        int[] matches = [.. Enumerable.Range(0, positives), .. Enumerable.Repeat(B, background),
            .. Enumerable.Repeat(I, 50)];
        new Random(1).Shuffle(matches);
        var sampled = Sampled(new RandomSampler(count, fraction), matches, [], seed: 5);
        Assert.AreEqual((keptPositives, keptBackground), (sampled.Count(m => m >= 0), sampled.Count(m => m == B)));
        for (var i = 0; i < matches.Length; i++)
            Assert.IsTrue(sampled[i] == matches[i] || sampled[i] == I, $"place {i}");
        CollectionAssert.AreEqual(sampled, Sampled(new RandomSampler(count, fraction), matches, [], seed: 5));
    }

    [TestMethod]
    public void Every_anchor_is_as_likely_as_another()
    {
        int[] matches = [0, 1, 2, 3, B, B, B, B, B, B];
        var (random, kept) = (new Random(2), new int[10]);
        for (var round = 0; round < 6000; round++)
        {
            int[] sampled = [.. matches];
            new RandomSampler(4).Sample(sampled, [], random);
            for (var i = 0; i < 10; i++)
                kept[i] += sampled[i] == I ? 0 : 1;
        }
        // Of 4 positives 2, of 6 background anchors 2; four standard deviations are 155 and 146.
        Assert.IsTrue(kept[..4].All(n => Math.Abs(n - 3000) < 155), string.Join(" ", kept));
        Assert.IsTrue(kept[4..].All(n => Math.Abs(n - 2000) < 146), string.Join(" ", kept));
    }

    [TestMethod]
    public void Hard_negatives_are_those_of_the_greatest_loss()
    {
        int[] matches = [B, 3, B, I, B, B, B, 0, B];
        float[] losses = [1, 9, 4, 9, 4, 2, 4, 0, 3];
        CollectionAssert.AreEqual(
            new[] { I, 3, B, I, B, I, I, 0, I }, Sampled(new HardNegativeSampler(NegativeRatio: 1), matches, losses));
        CollectionAssert.AreEqual(
            new[] { I, 3, B, I, B, I, B, 0, I }, Sampled(new HardNegativeSampler(1.5f), matches, losses));
        CollectionAssert.AreEqual(matches, Sampled(new HardNegativeSampler(3), matches, losses));
        CollectionAssert.AreEqual(new[] { I, B }, Sampled(new HardNegativeSampler(3, 1), [B, B], [1, 2]));
        CollectionAssert.AreEqual(new[] { I, I }, Sampled(new HardNegativeSampler(3), [B, B], [1, 2]));
    }

    [TestMethod]
    public void Hard_examples_are_positive_or_not()
    {
        int[] matches = [B, 3, B, I, B, 0];
        float[] losses = [1, 5, 4, 9, 4, 0];
        CollectionAssert.AreEqual(
            new[] { I, 3, B, I, I, I }, Sampled(new HardExampleSampler(2), matches, losses));
        CollectionAssert.AreEqual(matches, Sampled(new HardExampleSampler(9), matches, losses));
    }

    [TestMethod]
    public void Missing_losses_and_wrong_numbers_are_named()
    {
        string Message(AnchorSampler sampler) => Assert.ThrowsExactly<ArgumentException>(
            () => sampler.Sample(new int[3], new float[sampler is HardNegativeSampler { NegativeRatio: 3 } ? 2 : 3],
                new Random(1))).Message;
        Assert.Contains("HardNegativeSampler needs the loss of every anchor: 2 losses came with 3",
            Message(new HardNegativeSampler()));
        Assert.Contains("PositiveFraction 1.5", Message(new RandomSampler(8, 1.5)));
        Assert.Contains("NegativeRatio is -1", Message(new HardNegativeSampler(-1)));
        Assert.Contains("Count is -1", Message(new HardExampleSampler(-1)));
    }

    private static int[] Sampled(AnchorSampler sampler, int[] matches, float[] losses, int seed = 0)
    {
        int[] sampled = [.. matches];
        sampler.Sample(sampled, losses, new Random(seed));
        return sampled;
    }
}
