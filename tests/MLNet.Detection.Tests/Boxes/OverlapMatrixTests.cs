using MLNet.Detection.Boxes;

namespace MLNet.Detection.Tests.Boxes;

[TestClass]
public sealed class OverlapMatrixTests
{
    private static readonly Box Unit = new(0, 0, 1, 1), Inverted = new(5, 5, 1, 1), Undefined = new(0, float.NaN, 1, 1),
        Endless = new(0, 0, float.PositiveInfinity, 1), Point = new(2, 2, 2, 2);

    private static IEnumerable<object[]> Matrices => new[]
    {
        ("box_iou", OverlapKind.IntersectionOverUnion), ("generalized_box_iou", OverlapKind.Generalized),
        ("distance_box_iou", OverlapKind.Distance), ("complete_box_iou", OverlapKind.Complete),
    }.SelectMany(pair =>
        References.Named("09_matching", pair.Item1).Select(row => new object[] { row[0], pair.Item2 }));

    [TestMethod, DynamicData(nameof(Matrices))]
    public void MatricesAreTorchvisions(object row, OverlapKind kind)
    {
        var reference = (ReferenceCase)row;
        var matrix = OverlapMatrix.Compute(reference.Boxes("boxes1"), reference.Boxes("boxes2"), kind);
        Close.To(reference.Value(), matrix, 1e-6, reference.Name);
    }

    [TestMethod]
    [DataRow(OverlapKind.IntersectionOverUnion, 0f), DataRow(OverlapKind.Generalized, -1f)]
    [DataRow(OverlapKind.Distance, -1f), DataRow(OverlapKind.Complete, -1f)]
    public void BoxesThatAreNoneHaveTheLeastOverlap(OverlapKind kind, float least)
    {
        foreach (var none in new[] { Inverted, Undefined, Endless })
        {
            Box[] boxes = [none, Unit, .. Enumerable.Repeat(none, 8)];      // more than a vector holds
            var row = OverlapMatrix.Compute([none], boxes, kind);
            Assert.IsTrue(row.All(overlap => overlap == least), $"{none}: {string.Join(" ", row)}");
        }
    }

    [TestMethod]
    public void APointHasADistance()
    {
        var kinds = Enum.GetValues<OverlapKind>();
        float[] far = [.. kinds.Select(kind => BoxOverlap.Of(Unit, Point, kind))];
        float[] same = [.. kinds.Select(kind => BoxOverlap.Of(Point, Point, kind))];
        Assert.AreEqual(0f, far[0]);
        Assert.AreEqual(-0.75f, far[1], 1e-6f);               // hull 2 x 2, union 1
        Assert.AreEqual(-4.5f / 8f, far[2], 1e-6f);           // centres 1.5, 1.5 apart, hull's diagonal 2, 2
        CollectionAssert.AreEqual(new float[4], same);
    }

    [TestMethod]
    public void RoomForAnotherSizeIsRefused() => Assert.Contains("2 x 3 boxes need 6",
        Assert.ThrowsExactly<ArgumentException>(
            () => OverlapMatrix.Compute(new Box[2], new Box[3], OverlapKind.Distance, new float[5])).Message);
}
