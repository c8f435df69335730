using MLNet.Detection.Anchors;
using MLNet.Detection.Boxes;
using MLNet.Detection.Matching;

namespace MLNet.Detection.Tests.Matching;

[TestClass]
public sealed class RatioMatcherTests
{
    private static readonly GridSize[] Maps = [new(4, 4)];

    // A cell is 8 pixels; two anchors a cell: 8 x 8 and 8 x 32.
    private static Box[] Anchors { get; } = new YoloAnchors([[new(8, 8), new(8, 32)]]).Generate(32, 32, Maps);

    private static int[] Match(params Box[] truths) => new RatioMatcher().Match(truths, Anchors, Maps, 32, 32);

    private static int[] Cells(int[] matches, int anchor) =>
        [.. Enumerable.Range(0, 16).Where(cell => matches[2 * cell + anchor] >= 0)];

    [TestMethod]
    public void The_cell_and_its_two_nearest_neighbours_learn_a_truth()
    {
        CollectionAssert.AreEqual(new[] { 1, 4, 5 }, Cells(Match(Box.FromCxcywh(10, 11, 8, 8)), 0));
        CollectionAssert.AreEqual(new[] { 5, 6, 9 }, Cells(Match(Box.FromCxcywh(14, 13, 8, 8)), 0));
        CollectionAssert.AreEqual(new[] { 5 }, Cells(Match(Box.FromCxcywh(12, 12, 8, 8)), 0), "the exact middle");
        CollectionAssert.AreEqual(new[] { 0 }, Cells(Match(Box.FromCxcywh(3, 3, 8, 8)), 0), "the corner");
        CollectionAssert.AreEqual(new[] { 15 }, Cells(Match(Box.FromCxcywh(32, 32, 8, 8)), 0), "on the edge");
    }

    [TestMethod]
    public void Sides_must_be_within_the_ratio()
    {
        Assert.IsEmpty(Cells(Match(Box.FromCxcywh(12, 12, 8, 32)), 0), "exactly 4 is too much");
        Assert.HasCount(1, Cells(Match(Box.FromCxcywh(12, 12, 8, 31)), 0));
        Assert.HasCount(1, Cells(Match(Box.FromCxcywh(12, 12, 2.1f, 9)), 0));
        Assert.HasCount(1, Cells(Match(Box.FromCxcywh(12, 12, 8, 32)), 1));
    }

    [TestMethod]
    public void The_truth_that_fits_best_has_a_shared_anchor()
    {
        var matches = Match(Box.FromCxcywh(12, 12, 8, 20), Box.FromCxcywh(12, 12, 8, 10));
        Assert.AreEqual(1, matches[2 * 5]);
        Assert.AreEqual(0, matches[2 * 5 + 1]);
    }

    [TestMethod]
    public void Anchors_must_be_shared_by_the_cells()
    {
        var error = Assert.ThrowsExactly<ArgumentException>(
            () => new RatioMatcher().Match([], Anchors.AsSpan(1), Maps, 32, 32));
        StringAssert.Contains(error.Message, "31 anchors cannot be shared by 16 cells");
    }
}
