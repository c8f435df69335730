using MLNet.Detection.Boxes;

namespace MLNet.Detection.Tests.Boxes;

[TestClass]
public sealed class BoxOverlapTests
{
    private static readonly Box[] Improper =
        [new(0, 0, 0, 0), new(5, 5, 1, 1), new(0, 0, float.NaN, 1), new(3, 0, 3, 9),
            new(0, 0, float.PositiveInfinity, 9)];

    private static IEnumerable<object[]> Overlaps => new[]
    {
        "box_iou", "generalized_box_iou", "distance_box_iou", "complete_box_iou",
    }.SelectMany(op => References.Named("09_matching", op));

    [TestMethod, DynamicData(nameof(Overlaps))]
    public void PairwiseOverlaps(object row)
    {
        var reference = (ReferenceCase)row;
        Func<Box, Box, float> overlap = reference.Operation switch
        {
            "box_iou" => BoxOverlap.IntersectionOverUnion,
            "generalized_box_iou" => BoxOverlap.GeneralizedIntersectionOverUnion,
            "distance_box_iou" => BoxOverlap.DistanceIntersectionOverUnion,
            _ => BoxOverlap.CompleteIntersectionOverUnion,
        };
        var second = reference.Boxes("boxes2");
        var actual = reference.Boxes("boxes1").SelectMany(a => second.Select(b => overlap(a, b))).ToArray();
        Close.To(reference.Value(), actual, 1e-6, reference.Name);
    }

    [TestMethod]
    public void ImproperBoxesOverlapNothing()
    {
        foreach (var improper in Improper)
            foreach (var other in Improper.Append(new Box(0, 0, 10, 10)))
                Assert.AreEqual(0f, BoxOverlap.IntersectionOverUnion(improper, other), $"{improper} with {other}");
    }

    [TestMethod]
    [DataRow(0), DataRow(1), DataRow(7), DataRow(8), DataRow(9), DataRow(67)]
    public void ColumnsGiveTheSameNumbers(int count)
    {
        var random = new Random(count);
        var boxes = new Box[count];
        for (var i = 0; i < count; i++)
            boxes[i] = Box.FromXywh(random.Next(20), random.Next(20), random.Next(-2, 15), random.Next(-2, 15));
        var columns = new BoxColumns(boxes);
        var (overlaps, parts) = (new float[count], new float[count]);
        foreach (var box in Improper.Append(new Box(3, 4, 15, 12)))
        {
            columns.IntersectionOverUnion(box, overlaps);
            columns.IntersectionOverOwnArea(box, parts);
            for (var i = 0; i < count; i++)
            {
                var intersection = BoxOverlap.Intersection(boxes[i], box);
                Assert.AreEqual(BoxOverlap.IntersectionOverUnion(boxes[i], box), overlaps[i], $"{boxes[i]} with {box}");
                Assert.AreEqual(intersection > 0 ? intersection / boxes[i].Area : 0f, parts[i], $"{boxes[i]} in {box}");
            }
        }
    }
}
