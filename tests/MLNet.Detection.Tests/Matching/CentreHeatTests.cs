using MLNet.Detection.Boxes;
using MLNet.Detection.Matching;

namespace MLNet.Detection.Tests.Matching;

[TestClass]
public sealed class CentreHeatTests
{
    [TestMethod]
    public void Heat_is_one_in_the_centre_and_falls_around_it()
    {
        var (heat, matches) = Draw([new(12, 10, 52, 54)], [1], 64, 2);
        Assert.AreEqual(0, matches[32 * 64 + 32]);
        Assert.AreEqual(1, matches.Count(match => match >= 0));
        Assert.AreEqual(1, heat[(32 * 64 + 32) * 2 + 1]);
        Assert.IsTrue(heat[(32 * 64 + 33) * 2 + 1] is > 0 and < 1);
        Assert.AreEqual(heat[(32 * 64 + 33) * 2 + 1], heat[(33 * 64 + 32) * 2 + 1]);
        Assert.IsTrue(heat.Where((_, i) => i % 2 == 0).All(number => number == 0));
    }

    // A box moved by the radius, along both axes, still has the overlap; by one cell more it has not.
    [TestMethod]
    public void The_bell_is_as_wide_as_a_box_may_be_shifted()
    {
        Box box = new(10, 10, 50, 42);
        var (heat, _) = Draw([box], [0], 64, 1);
        var radius = Enumerable.Range(0, 32).Last(x => heat[26 * 64 + 30 + x] > 0);
        Assert.IsGreaterThanOrEqualTo(0.7f, BoxOverlap.IntersectionOverUnion(box, Shifted(box, radius)));
        Assert.IsLessThan(0.7f, BoxOverlap.IntersectionOverUnion(box, Smaller(box, radius + 1)));
    }

    private static Box Shifted(Box box, float by) => new(box.X0 + by, box.Y0 + by, box.X1 + by, box.Y1 + by);

    private static Box Smaller(Box box, float by) => new(box.X0 + by, box.Y0 + by, box.X1 - by, box.Y1 - by);

    private static (float[] Heat, int[] Matches) Draw(Box[] truths, int[] labels, int side, int classes)
    {
        var (heat, matches) = (new float[side * side * classes], new int[side * side]);
        Array.Fill(matches, -1);
        new CentreHeat().Draw(truths, labels, side, heat, matches);
        return (heat, matches);
    }
}
