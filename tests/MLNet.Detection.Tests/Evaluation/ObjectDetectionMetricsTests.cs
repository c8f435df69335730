using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.TorchSharp;
using MLNet.Detection.Evaluation;

namespace MLNet.Detection.Tests.Evaluation;

/// <summary>
/// COCO's metrics beside ML.NET's own EvaluateObjectDetection (Microsoft.ML.TorchSharp), where they differ and where not:
/// the table of docs/evaluation-beside-mlnet.md. One picture a row; boxes are x0 y0 x1 y1.
/// </summary>
[TestClass]
public sealed class ObjectDetectionMetricsTests
{
    private readonly MLContext ml = new(seed: 1);

    [TestMethod]
    [DataRow("a b", "0 0 10 10 20 20 30 30", "a b", "0 0 10 10 20 20 30 30", "0.9 0.8", 1, 1, 1, 1,
        DisplayName = "all found")]
    [DataRow("a b", "0 0 10 10 20 20 30 30", "a", "0 0 10 10", "0.9", 0.5, 0.5, 0.5, 0.5, DisplayName = "a class missed")]
    [DataRow("a", "0 0 100 100", "a a", "0 0 100 80 0 0 100 100", "0.9 0.2", 0.5, 0.5, 1, 0.85,
        DisplayName = "two on one object: the better box, or the better score")]
    [DataRow("a", "0 0 10 10", "a", "0 0 10 4.8", "0.9", 1, 0.1, 0, 0, DisplayName = "a pixel more on each side")]
    [DataRow("a", "0 0 1 1", "a", "0 0 0 1", "0.9", 1, 0.1, 0, 0, DisplayName = "a box without area")]
    [DataRow("a a", "0 0 10 10 20 20 30 30", "a a", "0 0 10 10 20 20 30 30", "0.9 0.04", 0.5, 0.5, 1, 1,
        DisplayName = "a score below 0.05")]
    public void Both_say(string labels, string boxes, string found, string foundBoxes, string scores,
        double theirs50, double theirs, double ours50, double ours)
    {
        var row = new Row
        {
            Label = Words(labels), Boxes = Numbers(boxes), Found = Words(found), FoundBoxes = Numbers(foundBoxes),
            Score = Numbers(scores),
        };
        var their = Theirs(row);
        Assert.AreEqual(theirs50, their.MAP50, 1e-3);
        Assert.AreEqual(theirs, their.MAP50_95, 1e-3);
        var our = Ours(row);
        Assert.AreEqual(ours50, our.MAP50, 6e-3);
        Assert.AreEqual(ours, our.MAP50_95, 6e-3);
    }

    [TestMethod]
    public void A_class_without_objects_ends_theirs_and_counts_for_nothing_in_ours()
    {
        var row = new Row
        {
            Label = ["a"], Boxes = [0, 0, 10, 10], Found = ["a", "b"], FoundBoxes = [0, 0, 10, 10, 20, 20, 30, 30],
            Score = [0.9f, 0.8f],
        };
        Assert.Contains("'b'", Assert.ThrowsExactly<KeyNotFoundException>(() => Theirs(row)).Message);
        Assert.AreEqual(1, Ours(row).MAP50, 1e-9);
    }

    private Microsoft.ML.TorchSharp.AutoFormerV2.ObjectDetectionMetrics Theirs(Row row)
    {
        var data = ml.Data.LoadFromEnumerable([row]);
        var schema = data.Schema;
        return ml.MulticlassClassification.EvaluateObjectDetection(data, schema["Label"], schema["Boxes"],
            schema["Found"], schema["FoundBoxes"], schema["Score"]);
    }

    private static CocoMetrics Ours(Row row)
    {
        string[] classes = ["a", "b"];
        var truths = row.Label.Select((name, i) => new GroundTruth(1, Array.IndexOf(classes, name), Box(row.Boxes, i)));
        var results = row.Found.Select((name, i) =>
            new DetectionResult(1, Array.IndexOf(classes, name), Box(row.FoundBoxes, i), row.Score[i]));
        return new CocoEvaluation().Evaluate([.. truths], [.. results], [0, 1]);
    }

    private static BoxXywh Box(float[] corners, int i) => new(corners[4 * i], corners[4 * i + 1],
        corners[4 * i + 2] - corners[4 * i], corners[4 * i + 3] - corners[4 * i + 1]);

    private static string[] Words(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static float[] Numbers(string text) =>
        [.. Words(text).Select(word => float.Parse(word, CultureInfo.InvariantCulture))];

    private sealed class Row
    {
        public string[] Label { get; set; } = [];

        public float[] Boxes { get; set; } = [];

        public string[] Found { get; set; } = [];

        public float[] FoundBoxes { get; set; } = [];

        public float[] Score { get; set; } = [];
    }
}
