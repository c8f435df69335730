using System.Numerics;
using MLNet.Detection.Anchors;
using MLNet.Detection.Boxes;
using MLNet.Detection.Data;
using MLNet.Detection.Images;

namespace MLNet.Detection.Tests.Anchors;

[TestClass]
public sealed class YoloAnchorsTests
{
    [TestMethod]
    public void Anchors_stand_in_the_middle_of_their_cells()
    {
        var anchors = new YoloAnchors([[new(10, 6)], [new(20, 12), new(4, 8)]]).Generate(32, 32, new(2, 2), new(1, 1));
        CollectionAssert.AreEqual(
            new Box[] { new(3, 5, 13, 11), new(19, 5, 29, 11), new(3, 21, 13, 27), new(19, 21, 29, 27),
                new(6, 10, 26, 22), new(14, 12, 18, 20) },
            anchors);
        Assert.AreEqual(3, YoloAnchors.Version3.AnchorsPerCell(1));
    }

    [TestMethod]
    public void Three_heaps_of_sizes_give_three_clusters()
    {
        var random = new Random(3);
        Vector2[] heaps = [new(10, 20), new(60, 30), new(100, 110)];
        Vector2[] sizes = [.. Enumerable.Range(0, 90).Select(i => heaps[i % 3]
            + new Vector2(random.NextSingle(), random.NextSingle()))];
        var clusters = SizeClusters.Fit(sizes, 3);
        foreach (var (heap, cluster) in heaps.Zip(clusters.Sizes))
            Assert.IsLessThan(1f, Vector2.Distance(heap + new Vector2(0.5f), cluster), $"{cluster}");
        Assert.IsGreaterThan(0.95, clusters.MeanOverlap);
        Assert.IsGreaterThan(SizeClusters.Fit(sizes, 1).MeanOverlap, clusters.MeanOverlap);
        CollectionAssert.AreEqual(clusters.Sizes.ToArray(), SizeClusters.Fit(sizes, 3).Sizes.ToArray());
    }

    [TestMethod]
    public void Fitting_takes_sizes_as_the_network_sees_them()
    {
        LabeledBox Labeled(Box box, bool crowd = false) => new(box, 0, box.Area, crowd);
        var image = new LabeledImage(1, "a.png", "a.png", 200, 100,
            [Labeled(new(0, 0, 20, 10)), Labeled(new(10, 10, 110, 60)), Labeled(new(0, 0, 200, 100), crowd: true)]);
        var data = new DetectionDataset("made up", [new(1, "thing")], [image]);
        var anchors = YoloAnchors.Fit(data, new ImageResize(100, 100), levels: 2, anchorsPerCell: 1);
        CollectionAssert.AreEqual(new Vector2[] { new(10, 10) }, anchors.Sizes[0].ToArray());
        CollectionAssert.AreEqual(new Vector2[] { new(50, 50) }, anchors.Sizes[1].ToArray());
        Assert.Contains("2 boxes cannot make 9 clusters", Assert.ThrowsExactly<ArgumentException>(
            () => YoloAnchors.Fit(data, new ImageResize(100, 100))).Message);
        Assert.Contains("without area", Assert.ThrowsExactly<ArgumentException>(
            () => SizeClusters.Fit([new(1, 0)], 1)).Message);
    }
}
