using MLNet.Detection.Detectors;
using OnnxGraphs.Models;
using OnnxGraphs.Surgery;

namespace MLNet.Detection.Tests.Training;

/// <summary>Weights that stay, by depth and of all but the heads.</summary>
[TestClass]
public sealed class FreezingTests
{
    private static readonly string[] Trunk =
        ["conv1.weight", "bn1.weight", "bn1.bias", "conv2.weight", "bn2.weight", "bn2.bias"];

    [TestMethod]
    public void Weights_have_a_depth_and_heads_are_told()
    {
        var places = WeightPlace.Of(SmallRun.Detector.Model, SmallRun.Detector.RawValues);
        CollectionAssert.AreEqual(
            new[] { 1, 1, 1, 2, 2, 2, 3, 3, 3, 3 }, places.Select(place => place.Depth).ToArray());
        CollectionAssert.AreEquivalent(
            Trunk, places.Where(place => !place.InHead).Select(place => place.Name).ToArray());
        // Of one value alone, the head is its last layer.
        var alone = WeightPlace.Of(SmallRun.Detector.Model, [SmallRun.Detector.ClassValue]);
        CollectionAssert.AreEqual(new[] { "cls_head.weight", "cls_head.bias" },
            alone.Where(place => place.InHead).Select(place => place.Name).ToArray());
    }

    [TestMethod]
    [DataRow(1, false, 3)]
    [DataRow(2, false, 6)]
    [DataRow(0, true, 6)]
    public void What_is_frozen_stays(int depth, bool headsOnly, int frozen)
    {
        using var run = new SmallRun();
        var tuned = run.Fit(new()
        {
            Detector = SmallRun.Detector, BatchSize = 4, Epochs = 1, FrozenDepth = depth, HeadsOnly = headsOnly,
        }).Detector;
        var (before, after) = (SmallRun.Detector.Model.Initializers, tuned.Model.Initializers);
        foreach (var (i, name) in TrainableWeights.Of(tuned.Model, tuned.RawValues).Index())
            Assert.AreEqual(Trunk.Take(frozen).Contains(name),
                before[name].RawData.Equals(after[name].RawData), $"{i}: {name}");
    }

    [TestMethod]
    public void Nothing_left_to_train_is_refused()
    {
        using var run = new SmallRun();
        var error = Assert.ThrowsExactly<ModelException>(() => run.Fit(new()
        {
            Detector = SmallRun.Detector, BatchSize = 4, Epochs = 1, FrozenDepth = 3,
        }));
        StringAssert.Contains(error.Message, "nothing is left to train");
    }
}
