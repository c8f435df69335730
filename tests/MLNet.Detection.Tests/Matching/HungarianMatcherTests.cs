using MLNet.Detection.Boxes;
using MLNet.Detection.Matching;

namespace MLNet.Detection.Tests.Matching;

[TestClass]
public sealed class HungarianMatcherTests
{
    private static readonly Box[] Predicted =
        [new(0.1f, 0.1f, 0.3f, 0.3f), new(0.12f, 0.1f, 0.32f, 0.3f), new(0.6f, 0.6f, 0.9f, 0.8f), new(0, 0, 1, 1)];

    [TestMethod]
    public void Each_truth_has_one_query_of_its_own()
    {
        Box[] truths = [new(0.1f, 0.1f, 0.3f, 0.3f), new(0.6f, 0.6f, 0.9f, 0.8f), new(0.11f, 0.1f, 0.3f, 0.3f)];
        var matches = new HungarianMatcher().Match(truths, [0, 1, 0], Predicted, new float[4 * 3]);
        CollectionAssert.AreEqual(new[] { 0, 2, 1, Matcher.Background }, matches);
    }

    [TestMethod]
    public void The_sum_of_the_costs_is_the_least()
    {
        // Truth 0 likes query 0 best, but truth 1 needs it more: class costs alone decide.
        float[] logits = [5, 5, -9, 4, -9, -9];
        var matcher = new HungarianMatcher(ClassCost: 1, L1Cost: 0, IouCost: 0);
        var same = new Box(0, 0, 1, 1);
        CollectionAssert.AreEqual(new[] { 1, 0 }, matcher.Match([same, same], [0, 1], [same, same], logits));
    }

    [TestMethod]
    public void Nothing_to_find_leaves_all_to_background() => CollectionAssert.AreEqual(
        new[] { -1, -1, -1, -1 }, new HungarianMatcher().Match([], [], Predicted, new float[8]));

    [TestMethod]
    public void Background_inside_a_crowd_is_ignored_after_any_matcher()
    {
        var matches = new HungarianMatcher().Match([Predicted[2]], [0], Predicted, new float[8]);
        IgnoredRegions.Apply(matches, new BoxColumns(Predicted), [new(0, 0, 0.31f, 1), new(0.5f, 0.5f, 1, 1)]);
        CollectionAssert.AreEqual(new[] { Matcher.Ignored, Matcher.Ignored, 0, Matcher.Background }, matches);
        Assert.Contains("3 matches, 4 anchors", Assert.ThrowsExactly<ArgumentException>(
            () => IgnoredRegions.Apply(new int[3], new BoxColumns(Predicted), [])).Message);
    }
}
