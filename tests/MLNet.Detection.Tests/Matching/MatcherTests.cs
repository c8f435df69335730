using MLNet.Detection.Boxes;
using MLNet.Detection.Matching;

namespace MLNet.Detection.Tests.Matching;

[TestClass]
public sealed class MatcherTests
{
    private const string Group = "09_matching";

    private static IEnumerable<object[]> Boxes => References.Named(Group, "matcher");

    private static IEnumerable<object[]> Matrices =>
        References.Named(Group, "matcher_matrix").Concat(References.Named(Group, "ssd_matcher_matrix"));

    private static IEnumerable<object[]> SsdMatches => References.Named(Group, "ssd_match");

    private static IEnumerable<object[]> KerasEncoders => References.Named(Group, "keras_label_encoder");

    private static readonly Box[] Anchors = [new(0, 0, 10, 10), new(0, 0, 20, 20), new(40, 40, 50, 50)];

    [TestMethod, DynamicData(nameof(Boxes))]
    public void MatchesBoxes(object row)
    {
        var reference = (ReferenceCase)row;
        var matches = MatcherOf(reference).Match(reference.Boxes("gt_boxes"), reference.Boxes("anchors"));
        CollectionAssert.AreEqual(reference.IntegerValue(), matches);
    }

    [TestMethod, DynamicData(nameof(Matrices))]
    public void MatchesByAMatrix(object row)
    {
        var reference = (ReferenceCase)row;
        Matcher matcher = reference.Operation == "matcher_matrix"
            ? MatcherOf(reference)
            : new SsdMatcher(reference.Single("threshold"));
        var shape = reference.Shape("match_quality");
        var matches = new int[shape[1]];
        matcher.Match(reference.Floats("match_quality"), shape[0], matches);
        CollectionAssert.AreEqual(reference.IntegerValue(), matches);
    }

    [TestMethod, DynamicData(nameof(SsdMatches))]
    public void MatchesSsdPriorsAndEncodesThem(object row)
    {
        var reference = (ReferenceCase)row;
        var (truths, labels) = (reference.Boxes("truths"), reference.Integers("labels"));
        var priors = BoxConversion.ToBoxes(reference.Floats("priors"), BoxFormat.Cxcywh);
        var matches = new SsdMatcher(reference.Single("threshold")).Match(truths, priors);
        CollectionAssert.AreEqual(reference.IntegerValue(), matches.Select(m => m < 0 ? 0 : labels[m] + 1).ToArray());

        var positive = reference.Output("positive_rows").Select(r => (int)r).ToArray();
        CollectionAssert.AreEqual(positive, Enumerable.Range(0, priors.Length).Where(i => matches[i] >= 0).ToArray());
        var truth = reference.Output("best_truth_idx");
        var deltas = new BoxDelta[priors.Length];
        BoxCoder.FromVariances().EncodeMatches(truths, matches, priors, deltas);
        var rows = positive.SelectMany(i => new[] { deltas[i].Dx, deltas[i].Dy, deltas[i].Dw, deltas[i].Dh }).ToArray();
        Assert.IsTrue(positive.All(i => matches[i] == truth[i]));
        Close.To(reference.Output("loc_t_positive_rows"), rows, 1e-5, reference.Name);
    }

    [TestMethod, DynamicData(nameof(KerasEncoders))]
    public void GivesTheClassesAndTargetsOfALabelEncoder(object row)
    {
        var reference = (ReferenceCase)row;
        var truths = BoxConversion.ToBoxes(reference.Floats("gt_boxes"), BoxFormat.Cxcywh);
        var anchors = BoxConversion.ToBoxes(reference.Floats("anchors"), BoxFormat.Cxcywh);
        var classes = reference.Integers("gt_classes");
        var matches = new ThresholdMatcher(0.5f, 0.4f, AllowLowQualityMatches: false).Match(truths, anchors);
        var deltas = new BoxDelta[anchors.Length];
        BoxCoder.FromVariances().EncodeMatches(truths, matches, anchors, deltas);
        var expected = reference.Value();
        for (var i = 0; i < anchors.Length; i++)
        {
            Assert.AreEqual(expected[5 * i + 4], matches[i] < 0 ? matches[i] : classes[matches[i]], $"anchor {i}");
            float[] delta = [deltas[i].Dx, deltas[i].Dy, deltas[i].Dw, deltas[i].Dh];
            if (matches[i] >= 0)
                Close.To(expected[(5 * i)..(5 * i + 4)], delta, 1e-5, $"{i}");
        }
    }

    [TestMethod]
    public void WithoutTruthsAllIsBackground()
    {
        CollectionAssert.AreEqual(new[] { -1, -1, -1 }, new ThresholdMatcher().Match([], Anchors));
        CollectionAssert.AreEqual(new[] { -1, -1, -1 }, new SsdMatcher().Match([], Anchors));
        Assert.IsEmpty(new SsdMatcher().Match([new Box(0, 0, 1, 1)], []));
        Assert.IsEmpty(new ThresholdMatcher().Match([new Box(0, 0, 1, 1)], []));
    }

    [TestMethod]
    public void ATruthThatNothingOverlapsGetsNoAnchorUnlessAsked()
    {
        Box[] far = [new(500, 500, 510, 510)];
        CollectionAssert.AreEqual(new[] { -1, -1, -1 }, new SsdMatcher().Match(far, Anchors));
        CollectionAssert.AreEqual(new[] { -1, -1, -1 }, new ThresholdMatcher().Match(far, Anchors));
        CollectionAssert.AreEqual(
            new[] { 0, -1, -1 }, (new SsdMatcher() with { MatchWithoutOverlap = true }).Match(far, Anchors));
    }

    [TestMethod]
    public void BackgroundInACrowdIsIgnoredButMatchesStay()
    {
        Box[] truths = [new(0, 0, 10, 10)];
        Box[] crowd = [new(0, 0, 60, 60)];
        CollectionAssert.AreEqual(new[] { 0, -2, -2 }, new SsdMatcher().Match(truths, Anchors, crowd));
        CollectionAssert.AreEqual(new[] { 0, -2, -1 }, new SsdMatcher().Match(truths, Anchors, [new(0, 0, 20, 10)]));
        CollectionAssert.AreEqual(new[] { 0, -1, -1 }, new SsdMatcher().Match(truths, Anchors, [new(0, 0, 20, 9)]));
        CollectionAssert.AreEqual(new[] { -2, -2, -2 }, new ThresholdMatcher().Match([], Anchors, crowd));
    }

    [TestMethod]
    public void WrongSizesAndThresholdsAreNamed()
    {
        var thresholds = Assert.ThrowsExactly<ArgumentException>(
            () => new ThresholdMatcher(0.3f, 0.4f).Match([], Anchors));
        StringAssert.Contains(thresholds.Message, "Low is 0.4");
        var room = Assert.ThrowsExactly<ArgumentException>(
            () => new SsdMatcher().Match([], new BoxColumns(Anchors), new int[2]));
        StringAssert.Contains(room.Message, "3 anchors");
        Assert.ThrowsExactly<ArgumentException>(() => new SsdMatcher().Match(new float[5], 2, new int[3]));
    }

    [TestMethod]
    public void ABatchIsMatchedWithoutAllocating()
    {
        var random = new Random(1);
        Box Random() =>
            Box.FromXywh(320 * random.NextSingle(), 240 * random.NextSingle(), 5 + 60 * random.NextSingle(), 40);
        var anchors = new BoxColumns([.. Enumerable.Range(0, 4420).Select(_ => Random())]);
        Box[] truths = [.. Enumerable.Range(0, 20).Select(_ => Random())];
        var matches = new int[4420];
        var allocated = long.MaxValue;
        for (var round = 0; round < 50; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var image = 0; image < 8; image++)
                new SsdMatcher().Match(truths, anchors, matches);
            allocated = Math.Min(allocated, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        Assert.IsLessThan(8 * 64, allocated);
    }

    private static ThresholdMatcher MatcherOf(ReferenceCase reference) => new(
        reference.Single("high_threshold"),
        reference.Single("low_threshold"),
        reference.Flag("allow_low_quality_matches")) { MatchWithoutOverlap = true };
}
