using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Detection.Detectors;
using MLNet.Detection.Estimators;
using MLNet.Detection.Evaluation;
using MLNet.Detection.Images;
using MLNet.Detection.Tests.Data;
using MLNet.Detection.Tests.Estimators;

namespace MLNet.Detection.Tests.Evaluation;

[TestClass]
public sealed class ScoredViewTests
{
    private readonly MLContext ml = new(seed: 1);

    [TestMethod]
    public void A_scored_data_set_is_evaluated_as_its_lists_are()
    {
        using var folder = new TemporaryFolder();
        var data = ml.Detection().LoadFromCoco(TinyCoco.Write(folder), folder.Path);
        using var detector = new DetectorTransformer(TinyDetector.Model, new() { BatchSize = 3 });
        var metrics = ml.Detection().Evaluate(detector.Transform(data));

        using var single = new Detector(TinyDetector.Model, 1);
        using var decoder = new ImageDecoder();
        var truths = data.Dataset.Images.SelectMany(image => image.Boxes.Select(box =>
            new GroundTruth(image.Id, box.Category, BoxXywh.FromBox(box.Box)) { Area = (float)box.Area }));
        var found = data.Dataset.Images.SelectMany(image => single.Detect([decoder.DecodeFile(image.Path)])[0]
            .Select(item => new DetectionResult(image.Id, item.Class, BoxXywh.FromBox(item.Box), item.Score)));
        var expected = new CocoEvaluation().Evaluate(truths, found, [0, 1, 2]);
        Assert.IsGreaterThan(0, expected.AR100);
        Assert.AreEqual(expected.MAP50, metrics.MAP50, 1e-6);
        Assert.AreEqual(expected.AR100, metrics.AR100, 1e-6);
        CollectionAssert.AreEqual(
            new[] { "cup", "dog", "owl" }, metrics.PerCategory.Select(category => category.Name).ToArray());
        CollectionAssert.AreEqual(expected.PerCategory.Select(category => category.GroundTruths).ToArray(),
            metrics.PerCategory.Select(category => category.GroundTruths).ToArray());
    }

    [TestMethod]
    public void Perfect_predictions_score_one_and_wrong_classes_nothing()
    {
        Assert.AreEqual(1.0, ml.Detection().Evaluate(Data([new()])).MAP50_95, 1e-9);
        Assert.AreEqual(0.0, ml.Detection().Evaluate(Data([new() { PredictedLabel = [2, 1] }])).MAP50_95, 1e-9);
    }

    [TestMethod]
    public void Crowds_difficult_objects_and_areas_count_when_the_columns_are_there()
    {
        var row = new Row { PredictedLabel = [1], PredictedBoundingBoxes = [0, 0, 10, 10], Score = [0.9f] };
        Assert.AreEqual(0.5, ml.Detection().Evaluate(Data([row])).MAP50, 1e-9);
        Assert.AreEqual(1.0, ml.Detection().Evaluate(Data([row], ("Crowd", [false, true]))).MAP50, 1e-9);
        Assert.AreEqual(1.0, ml.Detection().Evaluate(Data([row], ("Difficult", [false, true]))).MAP50, 1e-9);
        var options = new ScoredView.Options { DifficultColumnName = null };
        Assert.AreEqual(0.5, ml.Detection().Evaluate(Data([row], ("Difficult", [false, true])), options).MAP50, 1e-9);

        var plain = new ScoredView(Data([row]));
        CollectionAssert.AreEqual(new[] { 100.0, 900.0 }, plain.GroundTruths.Select(truth => truth.Area).ToArray());
        var data = Map(Data([row]), (Row _, WithArea output) => output.Area = [50, 60]);
        CollectionAssert.AreEqual(
            new[] { 50.0, 60.0 }, new ScoredView(data).GroundTruths.Select(truth => truth.Area).ToArray());
        CollectionAssert.AreEqual(new[] { 100.0, 900.0 },
            new ScoredView(data, new() { AreaColumnName = null }).GroundTruths.Select(truth => truth.Area).ToArray());
    }

    [TestMethod]
    public void Predicted_classes_find_their_labels_by_name()
    {
        ScoredView View(string labels, string predictions)
        {
            var data = ml.Data.LoadFromEnumerable(
                [new Words { Label = labels.Split(' '), PredictedLabel = predictions.Split(' ') }]);
            return new(ml.Transforms.Conversion.MapValueToKey("Label")
                .Append(ml.Transforms.Conversion.MapValueToKey("PredictedLabel")).Fit(data).Transform(data));
        }
        var view = View("dog cup", "cup dog");
        CollectionAssert.AreEqual(new[] { "dog", "cup" }, view.Categories.ToArray());
        CollectionAssert.AreEqual(new long[] { 0, 1 }, view.GroundTruths.Select(truth => truth.CategoryId).ToArray());
        CollectionAssert.AreEqual(new long[] { 1, 0 }, view.Detections.Select(found => found.CategoryId).ToArray());
        CollectionAssert.AreEqual(new long[] { 1 },
            View("dog cup", "cup ufo").Detections.Select(found => found.CategoryId).ToArray());
        Assert.Contains("predicts ufo, owl, column 'Label' labels dog, cup: no name is in both",
            Assert.ThrowsExactly<ArgumentException>(() => View("dog cup", "ufo owl")).Message);
    }

    [TestMethod]
    public void Classes_that_are_not_predicted_and_boxes_of_another_size_are_said()
    {
        var data = ml.Data.LoadFromEnumerable(
            [new Words { Label = ["dog", "cup"], PredictedLabel = ["cup", "ufo"] }]);
        var keys = ml.Transforms.Conversion.MapValueToKey("Label").Append(ml.Transforms.Conversion.MapValueToKey("PredictedLabel"));
        Assert.Contains("the class 'dog' is not predicted; its true boxes (1) count as missed",
            new ScoredView(keys.Fit(data).Transform(data)).Problems.Single().ToString());

        using var folder = new TemporaryFolder();
        var coco = ml.Detection().LoadFromCoco(TinyCoco.Write(folder), folder.Path);
        Assert.IsEmpty(Scored(64).Problems);
        Assert.Contains("true boxes leave their pictures, which have 4 x 4 pixels in column 'Image'", Scored(4).Problems[0].ToString());

        ScoredView Scored(int side)
        {
            var pictures = ml.Transforms.LoadImages("Image", folder.Path, "FileName").Append(ml.Transforms.ResizeImages("Image", side, side));
            using var detector = new DetectorTransformer(TinyDetector.Model, new() { BatchSize = 3 });
            return new(detector.Transform(pictures.Fit(coco).Transform(coco)));
        }
    }

    [TestMethod]
    public void Objects_without_a_label_are_left_out()
    {
        var view = new ScoredView(Data([new() { Label = [0, 2], PredictedLabel = [1, 0] }, new()]));
        CollectionAssert.AreEqual(new long[] { 0, 1, 1 }, view.GroundTruths.Select(truth => truth.ImageId).ToArray());
        CollectionAssert.AreEqual(
            new long[] { 1, 0, 1 }, view.GroundTruths.Select(truth => truth.CategoryId).ToArray());
        Assert.HasCount(3, view.Detections);
        CollectionAssert.AreEqual(new[] { "class 1", "class 2", "class 3" }, view.Categories.ToArray());
    }

    [TestMethod]
    public void Columns_and_rows_that_do_not_fit_are_named()
    {
        var error = Assert.ThrowsExactly<ArgumentOutOfRangeException>(
            () => ml.Detection().Evaluate(Data([new()]), scoreColumnName: "Sure"));
        Assert.Contains("no column 'Sure' (a vector of Single)", error.Message);
        Assert.Contains("ScoreColumnName", error.Message);
        Assert.Contains("Column 'Score' is Vector<Single>; expected a vector of keys in UInt32",
            Assert.ThrowsExactly<ArgumentOutOfRangeException>(
            () => ml.Detection().Evaluate(Data([new()]), labelColumnName: "Score")).Message);
        string Message(Row row) =>
            Assert.ThrowsExactly<InvalidDataException>(() => ml.Detection().Evaluate(Data([new(), row]))).Message;
        Assert.Contains("Row 1, column 'Score': found 1 scores, expected 2", Message(new() { Score = [1] }));
        Assert.Contains("column 'BoundingBoxes': found 4 numbers, which are not 4 an entry of 'Label', expected 8",
            Message(new() { BoundingBoxes = [1, 2, 3, 4] }));
        Assert.Contains("column 'PredictedBoundingBoxes': found 4 numbers",
            Message(new() { PredictedBoundingBoxes = [1, 2, 3, 4] }));
    }

    private IDataView Data(Row[] rows, params (string Name, bool[] Flags)[] marks)
    {
        var data = ml.Data.LoadFromEnumerable(rows);
        foreach (var (name, flags) in marks)
            data = name == "Crowd"
                ? Map(data, (Row _, WithCrowd output) => output.Crowd = flags)
                : Map(data, (Row _, WithDifficult output) => output.Difficult = flags);
        return data;
    }

    private IDataView Map<TOut>(IDataView data, Action<Row, TOut> map) where TOut : class, new() =>
        ml.Transforms.CustomMapping(map, null).Fit(data).Transform(data);

    private sealed class Row
    {
        [KeyType(3)]
        public uint[] Label { get; set; } = [1, 2];

        public float[] BoundingBoxes { get; set; } = [0, 0, 10, 10, 20, 20, 50, 50];

        [KeyType(3)]
        public uint[] PredictedLabel { get; set; } = [1, 2];

        public float[] PredictedBoundingBoxes { get; set; } = [0, 0, 10, 10, 20, 20, 50, 50];

        public float[] Score { get; set; } = [0.9f, 0.8f];
    }

    private sealed class Words
    {
        public string[] Label { get; set; } = [];

        public float[] BoundingBoxes { get; set; } = [0, 0, 10, 10, 20, 20, 50, 50];

        public string[] PredictedLabel { get; set; } = [];

        public float[] PredictedBoundingBoxes { get; set; } = [0, 0, 10, 10, 20, 20, 50, 50];

        public float[] Score { get; set; } = [0.9f, 0.8f];
    }

    private sealed class WithCrowd
    {
        public bool[] Crowd { get; set; } = [];
    }

    private sealed class WithDifficult
    {
        public bool[] Difficult { get; set; } = [];
    }

    private sealed class WithArea
    {
        public float[] Area { get; set; } = [];
    }
}
