using FsCheck.Fluent;
using MLNet.Detection.Boxes;
using MLNet.Detection.Matching;

namespace MLNet.Detection.Tests.Matching;

[TestClass]
public sealed class MatcherProperties
{
    private static readonly FsCheck.Gen<Box[]> Boxes = Properties.ProperBox.ArrayOf();

    private static readonly Matcher[] Matchers =
        [new ThresholdMatcher(), new ThresholdMatcher(0.7f, 0.3f, false), new SsdMatcher(), new SsdMatcher(0.2f)];

    [TestMethod]
    public void An_ignored_region_never_takes_an_anchor_from_a_truth_nor_gives_one() => Properties.Hold(
        Boxes, Boxes.Zip(Boxes), (truths, other) => Matchers.All(matcher =>
        {
            var (anchors, regions) = other;
            var without = matcher.Match(truths, anchors);
            var with = matcher.Match(truths, anchors, regions);
            return without.Zip(with).Index().All(m => m.Item.First == m.Item.Second
                || (m.Item.First == Matcher.Background && m.Item.Second == Matcher.Ignored
                    && regions.Any(r => BoxOverlap.Intersection(r, anchors[m.Index]) > 0)));
        }));

    [TestMethod]
    public void Anchors_between_the_thresholds_learn_no_truth() => Properties.Hold(Boxes, Boxes, (truths, anchors) =>
    {
        var matches = new ThresholdMatcher(0.6f, 0.3f, AllowLowQualityMatches: false).Match(truths, anchors);
        return matches.Index().All(m =>
        {
            var best = truths.Length == 0 ? 0 : truths.Max(t => BoxOverlap.IntersectionOverUnion(t, anchors[m.Index]));
            return m.Item == (best < 0.3f ? Matcher.Background : best < 0.6f ? Matcher.Ignored : m.Item)
                && (best < 0.6f || BoxOverlap.IntersectionOverUnion(truths[m.Item], anchors[m.Index]) == best);
        });
    });
}
