using Microsoft.ML;
using MLNet.Detection.Boxes;
using MLNet.Detection.Estimators;
using MLNet.Detection.Images;
using MLNet.Detection.Matching;
using MLNet.Detection.Tests.Interop;

namespace MLNet.Detection.Tests.Estimators;

[TestClass]
public sealed class MatchAnchorsEstimatorTests
{
    private static readonly ImageResize Resize = TinyDetector.Resize;

    private readonly MLContext ml = new(seed: 1);

    [TestMethod]
    public void Matches_are_those_of_the_matcher_on_boxes_in_network_pixels()
    {
        Row[] rows =
        [
            new() { BoundingBoxes = [4, 6, 40, 30, 60, 10, 100, 44] }, new(), new() { BoundingBoxes = [0, 0, 30, 48] },
        ];
        var data = ml.Data.LoadFromEnumerable(rows);
        foreach (var matcher in new Matcher[] { new ThresholdMatcher(), new SsdMatcher(0.3f) })
        {
            var view = ml.Detection().MatchAnchors(TinyDetector.Anchors, Resize, matcher).Fit(data).Transform(data);
            var matches = Rows.Vectors<int>(view, "MatchedIndices");
            for (var i = 0; i < rows.Length; i++)
            {
                var truths = BoxConversion.ToBoxes(rows[i].BoundingBoxes, BoxFormat.Xyxy)
                    .Select(Resize.TransformFor(rows[i].Width, rows[i].Height).ToNetwork).ToArray();
                CollectionAssert.AreEqual(matcher.Match(truths, TinyDetector.Anchors), matches[i]);
            }
            Assert.Contains(0, matches[0]);
            Assert.Contains(1, matches[0]);
            Assert.IsTrue(matches[1].All(match => match == Matcher.Background));
        }
    }

    [TestMethod]
    public void The_transform_of_a_row_is_used_where_no_resize_is_given()
    {
        var letterbox = new ImageResize(32, 32, ResizeMode.Letterbox).TransformFor(64, 48);
        var (scaleX, scaleY, offsetX, offsetY) = letterbox;
        var row = new Row { BoundingBoxes = [4, 6, 40, 30], Transform = [scaleX, scaleY, offsetX, offsetY] };
        var data = ml.Data.LoadFromEnumerable([row]);
        var options = new MatchAnchorsEstimator.Options
        {
            Anchors = TinyDetector.Anchors, ResizeTransformColumnName = "Transform",
            OutputColumnName = "Found", Matcher = new SsdMatcher(),
        };
        var view = ml.Detection().MatchAnchors(options).Fit(data).Transform(data);
        Box[] truths = [letterbox.ToNetwork(new(4, 6, 40, 30))];
        CollectionAssert.AreEqual(
            new SsdMatcher().Match(truths, TinyDetector.Anchors), Rows.Vectors<int>(view, "Found")[0]);
        CollectionAssert.AreNotEqual(
            new SsdMatcher().Match([Resize.TransformFor(64, 48).ToNetwork(new(4, 6, 40, 30))], TinyDetector.Anchors),
            Rows.Vectors<int>(view, "Found")[0]);
    }

    [TestMethod]
    public void Crowds_difficult_and_empty_boxes_are_not_learnt_and_indices_stay()
    {
        var row = new Row
        {
            Width = 32, Height = 32,
            BoundingBoxes = [0, 0, 16, 16, 5, 5, 5, 9, 16, 0, 32, 16, 0, 16, 32, 32],
            Crowd = [true, false, false, false], Difficult = [false, false, true, false],
        };
        var data = ml.Data.LoadFromEnumerable([row]);
        var matcher = new SsdMatcher();
        var matches = Match(data, new() { Anchors = TinyDetector.Anchors, Resize = Resize, Matcher = matcher });
        CollectionAssert.AreEquivalent(new[] { Matcher.Ignored, Matcher.Background, 3 }, matches.Distinct().ToArray());
        Box[] regions = [new(0, 0, 16, 16), new(16, 0, 32, 16)];
        CollectionAssert.AreEqual(
            matcher.Match([new Box(0, 16, 32, 32)], TinyDetector.Anchors, regions)
                .Select(match => match == 0 ? 3 : match).ToArray(), matches);

        var plain = Match(data, new()
        {
            Anchors = TinyDetector.Anchors, Resize = Resize, Matcher = matcher,
            CrowdColumnName = null, DifficultColumnName = "NoSuchColumn",
        });
        CollectionAssert.AreEquivalent(new[] { 0, 2, 3, Matcher.Background }, plain.Distinct().ToArray());
    }

    [TestMethod]
    public void A_value_that_does_not_fit_its_row_is_named()
    {
        string Message(Row row) => Assert.ThrowsExactly<InvalidDataException>(() => Match(
            ml.Data.LoadFromEnumerable([new(), row]),
            new() { Anchors = TinyDetector.Anchors, Resize = Resize })).Message;
        Assert.Contains("Row 1, column 'BoundingBoxes': found 5 numbers, expected 4 a box",
            Message(new() { BoundingBoxes = [1, 2, 3, 4, 5] }));
        Assert.Contains("Row 1, column 'BoundingBoxes': found a box 2 that is",
            Message(new() { BoundingBoxes = [1, 2, 3, 4, 1, float.NaN, 3, 4] }));
        Assert.Contains("Row 1, column 'Width, Height': found 0 x 48",
            Message(new() { Width = 0, BoundingBoxes = [1, 2, 3, 4] }));
        Assert.Contains("Row 1, column 'Crowd': found 2 values, expected 1, one a box",
            Message(new() { BoundingBoxes = [1, 2, 3, 4], Crowd = [true, false] }));
        var data = ml.Data.LoadFromEnumerable([new Row { Transform = [1, 2, 3] }]);
        Assert.Contains("found 3 numbers, expected 2 scales and 2 offsets", Assert.ThrowsExactly<InvalidDataException>(
            () => Match(data, new()
                { Anchors = TinyDetector.Anchors, ResizeTransformColumnName = "Transform" })).Message);
    }

    [TestMethod]
    public void Columns_and_options_are_checked()
    {
        var data = ml.Data.LoadFromEnumerable([new Row()]);
        string Message(MatchAnchorsEstimator.Options options) =>
            Assert.ThrowsExactly<ArgumentOutOfRangeException>(
                () => new MatchAnchorsEstimator(options).Fit(data)).Message;
        var options = new MatchAnchorsEstimator.Options { Anchors = TinyDetector.Anchors, Resize = Resize };
        Assert.Contains("no column 'ResizeTransform'", Message(options with { Resize = null }));
        Assert.Contains("or set Resize", Message(options with { Resize = null }));
        Assert.Contains("'Crowd' is", Message(options with { WidthColumnName = "Crowd" }));
        Assert.Contains("expected one Int32", Message(options with { WidthColumnName = "Crowd" }));
        Assert.Contains("expected a vector of Boolean", Message(options with { CrowdColumnName = "Width" }));
        Assert.Contains("Anchors is empty", Assert.ThrowsExactly<ArgumentException>(
            () => new MatchAnchorsEstimator(options with { Anchors = [] })).Message);
    }

    private int[] Match(IDataView data, MatchAnchorsEstimator.Options options) =>
        Rows.Vectors<int>(ml.Detection().MatchAnchors(options).Fit(data).Transform(data), "MatchedIndices")[^1];

    private sealed class Row
    {
        public float[] BoundingBoxes { get; set; } = [];

        public bool[] Crowd { get => field ?? new bool[BoundingBoxes.Length / 4]; set; }

        public bool[] Difficult { get => field ?? new bool[BoundingBoxes.Length / 4]; set; }

        public float[] Transform { get; set; } = [];

        public int Width { get; set; } = 128;

        public int Height { get; set; } = 48;
    }
}
