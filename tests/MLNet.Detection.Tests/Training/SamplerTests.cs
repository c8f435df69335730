using MLNet.Detection.Training;

namespace MLNet.Detection.Tests.Training;

[TestClass]
public sealed class SamplerTests
{
    [TestMethod]
    public void Every_image_comes_once_an_epoch()
    {
        for (var epoch = 0; epoch < 5; epoch++)
            CollectionAssert.AreEquivalent(Enumerable.Range(0, 101).ToArray(),
                new ShuffledSampler(7).Epoch(epoch, 101).Select(choice => choice.Index).ToArray());
        Assert.IsEmpty(new ShuffledSampler(7).Epoch(0, 0));
    }

    [TestMethod]
    public void Seed_and_epoch_decide()
    {
        CollectionAssert.AreEqual(new ShuffledSampler(7).Epoch(3, 50).ToArray(),
            new ShuffledSampler(7).Epoch(3, 50).ToArray());
        CollectionAssert.AreNotEqual(new ShuffledSampler(7).Epoch(3, 50).ToArray(),
            new ShuffledSampler(7).Epoch(4, 50).ToArray());
        CollectionAssert.AreNotEqual(new ShuffledSampler(7).Epoch(3, 50).ToArray(),
            new ShuffledSampler(8).Epoch(3, 50).ToArray());
    }

    [TestMethod]
    [DataRow(0.0, 0, 0)]
    [DataRow(1.0, 4000, 4000)]
    [DataRow(0.5, 1870, 2130)]
    [DataRow(0.1, 320, 480)]
    public void Mirrors_with_the_probability(double probability, int least, int most)
    {
        var flips = new ShuffledSampler(1, probability).Epoch(0, 4000).Count(choice => choice.Flip);
        Assert.IsInRange(least, most, flips);
    }
}
