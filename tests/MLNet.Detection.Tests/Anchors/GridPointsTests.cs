using System.Numerics;
using MLNet.Detection.Anchors;

namespace MLNet.Detection.Tests.Anchors;

[TestClass]
public sealed class GridPointsTests
{
    [TestMethod]
    public void Points_come_level_by_level_row_by_row()
    {
        var (points, strides) = new GridPoints([8, 16]).Generate(24, 16);
        CollectionAssert.AreEqual(
            new Vector2[] { new(4, 4), new(12, 4), new(20, 4), new(4, 12), new(12, 12), new(20, 12), new(8, 8),
                new(24, 8) },
            points);
        CollectionAssert.AreEqual(new float[] { 8, 8, 8, 8, 8, 8, 16, 16 }, strides);
        Assert.AreEqual(new Vector2(16, 8), new GridPoints([8], CenterOffset: 0).Generate(24, 16).Points[5]);
    }

    [TestMethod]
    public void Yolo_has_8400_points_at_640()
    {
        Assert.HasCount(8400, GridPoints.Yolo.Generate(640, 640).Points);
        Assert.HasCount(8525, GridPoints.Fcos.Generate(640, 640).Points);
    }

    [TestMethod]
    public void Points_of_torchvisions_FCOS_are_the_centres_of_its_anchors()
    {
        var points = GridPoints.Fcos with { CenterOffset = 0 };
        var anchors = RetinaNetAnchors.Fcos.Generate(640, 512, [.. points.Maps(640, 512)]);
        CollectionAssert.AreEqual(
            anchors.Select(a => new Vector2(a.CenterX, a.CenterY)).ToArray(), points.Generate(640, 512).Points);
    }

    [TestMethod]
    public void Sizes_that_are_none_are_named() => Assert.Contains("0 x 64",
        Assert.ThrowsExactly<ArgumentException>(() => GridPoints.Yolo.Generate(0, 64)).Message);
}
