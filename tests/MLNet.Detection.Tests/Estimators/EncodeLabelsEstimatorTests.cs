using System.Runtime.InteropServices;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Detection.Boxes;
using MLNet.Detection.Estimators;
using MLNet.Detection.Matching;
using MLNet.Detection.Tests.Data;
using MLNet.Detection.Tests.Interop;

namespace MLNet.Detection.Tests.Estimators;

[TestClass]
public sealed class EncodeLabelsEstimatorTests
{
    private readonly MLContext ml = new(seed: 1);

    [TestMethod]
    public void A_data_set_becomes_training_targets_in_one_chain()
    {
        using var folder = new TemporaryFolder();
        var data = ml.Detection().LoadFromCoco(TinyCoco.Write(folder), folder.Path);
        var pipeline = ml.Detection().PreprocessImage(TinyDetector.Resize, TinyDetector.Model.Normalization)
            .Append(ml.Detection().MatchAnchors(TinyDetector.Anchors))
            .Append(ml.Detection().EncodeLabels(TinyDetector.Anchors, coder: BoxCoder.RetinaNet));
        var view = pipeline.Fit(data).Transform(data);
        var classes = Rows.Vectors<long>(view, "AnchorClasses");
        var deltas = Rows.Vectors<float>(view, "AnchorBoxes");

        var positives = 0;
        foreach (var (i, image) in data.Dataset.Images.Index())
        {
            var transform = TinyDetector.Resize.TransformFor(image.Width, image.Height);
            Box[] truths = [.. image.Boxes.Select(box => transform.ToNetwork(box.Box))];
            var matches = new ThresholdMatcher().Match(truths, TinyDetector.Anchors);
            var expected = new BoxDelta[128];
            BoxCoder.RetinaNet.EncodeMatches(truths, matches, TinyDetector.Anchors, expected);
            CollectionAssert.AreEqual(MemoryMarshal.Cast<BoxDelta, float>(expected).ToArray(), deltas[i]);
            CollectionAssert.AreEqual(
                matches.Select(match => match < 0 ? (long)match : image.Boxes[match].Category).ToArray(), classes[i]);
            positives += matches.Count(match => match >= 0);
        }
        Assert.IsGreaterThan(3, positives);
        Assert.IsTrue(classes[^1].All(category => category == Matcher.Background), "the last picture has no box");
    }

    [TestMethod]
    public void The_size_of_the_picture_does_as_well_as_its_pixels()
    {
        using var folder = new TemporaryFolder();
        var data = ml.Detection().LoadFromCoco(TinyCoco.Write(folder), folder.Path);
        var counted = new CountedView(data);
        var view = ml.Detection().MatchAnchors(TinyDetector.Anchors, TinyDetector.Resize)
            .Append(ml.Detection().EncodeLabels(TinyDetector.Anchors, TinyDetector.Resize))
                .Fit(counted).Transform(counted);
        Assert.IsTrue(Rows.Vectors<long>(view, "AnchorClasses").Any(classes => classes.Max() >= 0));
        CollectionAssert.DoesNotContain(counted.Active, "Image");
        Assert.AreEqual(data.GetRowCount(), counted.Rows);
    }

    [TestMethod]
    public void A_box_without_a_label_is_ignored()
    {
        var row = new Row
            { Label = [0, 3], BoundingBoxes = [0, 0, 16, 16, 16, 16, 32, 32], MatchedIndices = Matches(0, 1, -1, -2) };
        var classes = Rows.Vectors<long>(Encode(row), "AnchorClasses")[0];
        CollectionAssert.AreEqual(new long[] { -2, 2, -1, -2, -1 }, classes[..5]);
        var deltas = Rows.Vectors<float>(Encode(row), "AnchorBoxes")[0];
        Assert.IsTrue(deltas[8..].All(delta => delta == 0));
        Assert.AreEqual(BoxCoder.Ssd.Encode(new(16, 16, 32, 32), TinyDetector.Anchors[1]).Dw, deltas[6]);
    }

    [TestMethod]
    public void A_value_that_does_not_fit_its_row_is_named()
    {
        string Message(Row row) =>
            Assert.ThrowsExactly<InvalidDataException>(() => Rows.Vectors<long>(Encode(row), "AnchorClasses")).Message;
        Assert.Contains("Row 0, column 'Label': found 1 labels, expected 0, one a box", Message(new() { Label = [1] }));
        Assert.Contains("'MatchedIndices': found 2 matches, expected 128, one an anchor",
            Message(new() { MatchedIndices = [-1, -1] }));
        Assert.Contains("found -1 to 4, expected -2 to 0, because the row has 1 boxes",
            Message(new() { Label = [1], BoundingBoxes = [0, 0, 1, 1], MatchedIndices = Matches(4) }));
        Assert.Contains("found -3 to -1", Message(new() { MatchedIndices = Matches(-3) }));
    }

    private IDataView Encode(Row row)
    {
        var data = ml.Data.LoadFromEnumerable([row]);
        return ml.Detection().EncodeLabels(TinyDetector.Anchors, TinyDetector.Resize).Fit(data).Transform(data);
    }

    private static int[] Matches(params int[] first) => [.. first, .. Enumerable.Repeat(-1, 128 - first.Length)];

    private sealed class Row
    {
        [KeyType(3)]
        public uint[] Label { get; set; } = [];

        public float[] BoundingBoxes { get; set; } = [];

        public int[] MatchedIndices { get; set; } = Matches();

        public int Width { get; set; } = 32;

        public int Height { get; set; } = 32;
    }
}
