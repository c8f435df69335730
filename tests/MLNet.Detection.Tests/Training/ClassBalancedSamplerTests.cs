using MLNet.Detection.Training;

namespace MLNet.Detection.Tests.Training;

[TestClass]
public sealed class ClassBalancedSamplerTests
{
    // Class 0 in 40 images, class 1 in 6, class 2 in one that has all three; 8 images without an object.
    private static readonly int[][] Classes =
        [.. Enumerable.Repeat<int[]>([0], 40), .. Enumerable.Repeat<int[]>([1, 1], 5), [0, 1, 2], .. Enumerable.Repeat<int[]>([], 8)];

    [TestMethod]
    [DataRow(0)]
    [DataRow(5)]
    public void EachClassIsDrawnEquallyOften(int epoch)
    {
        var drawn = Draw(seed: 3, epoch);
        Assert.HasCount(Classes.Length, drawn);
        // 54 draws of four classes: 13 or 14 each. The image of all three is what class 2 is drawn for.
        var counts = drawn.CountBy(choice => choice.Index).ToDictionary();
        int Of(int image) => counts.GetValueOrDefault(image);
        var (first, second, all, nothing) = (Enumerable.Range(0, 40).Sum(Of), Enumerable.Range(40, 5).Sum(Of), Of(45),
            Enumerable.Range(46, 8).Sum(Of));
        Assert.IsTrue(nothing is 13 or 14, $"{nothing}");
        Assert.IsTrue(first is >= 12 and <= 14, $"{first}");
        // Of the six images of class 1 each comes two or three times for its sake.
        Assert.IsTrue(Enumerable.Range(40, 5).All(image => Of(image) is 2 or 3));
        Assert.IsTrue(all is >= 13 + 2 and <= 14 + 3 + 1, $"{all}");
        Assert.AreEqual(54, first + second + all + nothing);
        Assert.IsTrue(Enumerable.Range(0, 40).All(image => Of(image) <= 1), "none twice before all have come");
        Assert.IsTrue(Enumerable.Range(46, 8).All(image => Of(image) is 1 or 2));
    }

    [TestMethod]
    public void TheSeedDecides()
    {
        CollectionAssert.AreEqual(Draw(3, 1), Draw(3, 1));
        CollectionAssert.AreNotEqual(Draw(3, 1), Draw(3, 2));
        CollectionAssert.AreNotEqual(Draw(3, 1), Draw(4, 1));
        Assert.IsTrue(Draw(3, 1).Any(choice => choice.Flip) && Draw(3, 1).Any(choice => !choice.Flip));
    }

    [TestMethod]
    public void ItMustKnowTheClasses()
    {
        StringAssert.Contains(Assert.ThrowsExactly<InvalidOperationException>(() => new ClassBalancedSampler().Epoch(0, 5)).Message, "For");
        StringAssert.Contains(Assert.ThrowsExactly<InvalidOperationException>(() => new ClassBalancedSampler().For([[], []])).Message,
            "no image has one");
    }

    [TestMethod]
    public void ARunTakesItOnRanksToo()
    {
        using var run = new SmallRun();
        var options = run.Options(epochs: 1, batch: 4, sampler: new ClassBalancedSampler(2), optimizer: new OnnxGraphs.Optimizers.Sgd(),
            warmUp: 0);
        var alone = run.Fit(options).History[0];
        var shared = OnnxGraphs.Distributed.ThreadRanks.Run(2, ranks => run.Fit(
            options with { Backend = new OnnxGraphs.Training.StepBackend { Ranks = ranks } }))[0].History[0];
        Assert.AreEqual(alone.Loss, shared.Loss, 1e-4 * alone.Loss);
    }

    private static List<SampleChoice> Draw(int seed, int epoch) =>
        [.. new ClassBalancedSampler(seed).For(Classes).Epoch(epoch, Classes.Length)];
}
