using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Detection.Data;
using MLNet.Detection.Evaluation;
using MLNet.Detection.Training;

namespace MLNet.Detection.Tests.Training;

/// <summary>Rows that an application makes itself are checked as files are, and named by their numbers.</summary>
[TestClass]
public sealed class RowLabelsTests
{
    private static readonly float[] Good = [4, 5, 30, 35];

    private sealed class Row
    {
        public byte[] Image { get; set; } = [];

        [KeyType(4)]
        public uint[] Label { get; set; } = [];

        public float[] BoundingBoxes { get; set; } = [];
    }

    private sealed class Texts
    {
        public byte[] Image { get; set; } = [];

        public string[] Label { get; set; } = [];

        public float[] BoundingBoxes { get; set; } = [];
    }

    private sealed class Scored
    {
        [KeyType(1)]
        public uint[] Label { get; set; } = [];

        public float[] BoundingBoxes { get; set; } = [];

        [KeyType(1)]
        public uint[] PredictedLabel { get; set; } = [];

        public float[] PredictedBoundingBoxes { get; set; } = [];

        public float[] Score { get; set; } = [];
    }

    [TestMethod]
    [DataRow("30 5 4 35", "is -26 x 30 pixels; dropped")]
    [DataRow("4 5 4 35", "is 0 x 30 pixels; dropped")]
    [DataRow("100 5 130 35", "lies outside the 48 x 40 image; dropped")]
    [DataRow("20 20 9 12", "is -11 x -8 pixels; dropped")]
    [DataRow("-4 5 30 35", "leaves the 48 x 40 image; clipped")]
    public void A_bad_box_is_said_with_its_row(string box, string message)
    {
        var warnings = Train([Good, [.. box.Split(' ').Select(float.Parse)]]);
        Assert.Contains($"column 'BoundingBoxes', row 1, box 1: the box", Assert.ContainsSingle(warnings));
        Assert.Contains(message, warnings[0]);
    }

    [TestMethod]
    [DataRow(float.NaN)]
    [DataRow(float.PositiveInfinity)]
    public void What_is_no_number_is_an_error(float number)
    {
        var error = Assert.ThrowsExactly<DatasetException>(() => Train([Good, [4, number, 30, 35]]));
        Assert.Contains("row 1, box 1", error.Place);
    }

    [TestMethod]
    public void Parts_of_the_picture_learn_what_pixels_do()
    {
        var warnings = Train([[0.25f, 0.25f, 0.75f, 0.75f]], out var parts);
        Assert.Contains("they are parts of their pictures", Assert.ContainsSingle(warnings));
        Assert.IsEmpty(Train([[12, 10, 36, 30]], out var pixels));
        CollectionAssert.AreEqual(pixels, parts);
        Assert.ThrowsExactly<DatasetException>(() => Train([Good, [0.25f, 0.25f, 0.75f, 0.75f]]));
    }

    [TestMethod]
    public void Rows_without_a_box_that_counts_are_an_error_before_training()
    {
        var error = Assert.ThrowsExactly<DatasetException>(() => Train([[30, 35, 4, 5], [4, 5, 4, 5]]));
        Assert.Contains("no object in 2 pictures", error.Found);
        Assert.Contains("1 with their right edge left of the left one", error.Found);
        Assert.Contains("1 without width or height", error.Found);
    }

    [TestMethod]
    public void A_view_without_rows_is_said_and_not_its_classes()
    {
        using var run = new SmallRun(train: 2, val: 1);
        var ml = new MLContext(seed: 1);
        var texts = ml.Data.LoadFromEnumerable(Array.Empty<Texts>());
        var rows = ml.Transforms.Conversion.MapValueToKey("Label").Fit(texts).Transform(texts);
        var filtered = ml.Data.SkipRows(new DetectionDataView(run.Train), 99);
        foreach (var empty in new[] { rows, filtered })
        {
            Assert.Contains("The training data: the view has no rows", Assert.ThrowsExactly<DatasetException>(
                () => new FineTuneTrainer(ml, run.Options()).Fit(empty)).Message);
            Assert.Contains("ValidationSet: the view has no rows", Assert.ThrowsExactly<DatasetException>(
                () => run.Fit(run.Options() with { ValidationSet = empty })).Message);
        }
    }

    [TestMethod]
    public void Evaluation_names_rows_too()
    {
        var ml = new MLContext();
        ScoredView View(params float[][] truths) => new(ml.Data.LoadFromEnumerable(truths.Select(truth => new Scored
        {
            Label = [1], BoundingBoxes = truth, PredictedLabel = [1], PredictedBoundingBoxes = Good, Score = [0.9f],
        })));
        Assert.AreEqual("column 'BoundingBoxes', row 1, box 1: the box from 30 5 to 4 35 is -26 x 30 pixels; dropped",
            Assert.ContainsSingle(View(Good, [30, 5, 4, 35]).Problems).ToString());
        Assert.Contains("Row 1, column 'BoundingBoxes': found a box 1", Assert.ThrowsExactly<InvalidDataException>(
            () => View(Good, [float.NaN, 5, 4, 35])).Message);
        Assert.Contains("parts of their pictures", Assert.ThrowsExactly<InvalidDataException>(
            () => View([0.1f, 0.1f, 0.5f, 0.5f])).Message);
        Assert.AreEqual(1, View(Good).Evaluate().MAP50, 1e-9);
    }

    private static List<string> Train(float[][] boxes) => Train(boxes, out _);

    private static List<string> Train(float[][] boxes, out float[] weights)
    {
        using var run = new SmallRun(train: boxes.Length, val: 0);
        var (ml, warnings) = (new MLContext(seed: 1), new List<string>());
        ml.Log += (_, entry) =>
        {
            if (entry.Kind == Microsoft.ML.Runtime.ChannelMessageKind.Warning)
                warnings.Add(entry.RawMessage);
        };
        var rows = boxes.Zip(run.Train.Images, (box, image) => new Row
        {
            Image = File.ReadAllBytes(image.Path), Label = [1], BoundingBoxes = box,
        });
        var options = run.Options(epochs: 1, detector: SmallRun.Detector with
        {
            Classes = ["class 1", "class 2", "class 3", "class 4"],
        });
        var result = new FineTuneTrainer(ml, options).Train(ml.Data.LoadFromEnumerable(rows.ToList()));
        weights = SmallRun.Weights(result.Detector);
        return warnings;
    }
}
