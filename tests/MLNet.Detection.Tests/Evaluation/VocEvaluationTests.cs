using System.Text.Json;
using MLNet.Detection.Evaluation;

namespace MLNet.Detection.Tests.Evaluation;

[TestClass]
public sealed class VocEvaluationTests
{
    [TestMethod]
    [DataRow("exact_difficult"), DataRow("exact_plain"), DataRow("mixed_difficult"), DataRow("mixed_plain")]
    [DataRow("recall_boundary"), DataRow("ties_difficult"), DataRow("ties_plain")]
    public void TheChallengesNumbers(string name)
    {
        var runs = Runs(name, "voc_eval");
        foreach (var run in runs)
            Compare(run, "npos", "mAP", Read(name), new VocEvaluation
            {
                IouThreshold = run.GetProperty("iou_threshold").GetDouble(),
                InclusivePixels = run.GetProperty("plus_one").GetBoolean(),
                Interpolation = InterpolationOf(run),
            });
    }

    [TestMethod]
    [DataRow("exact_difficult"), DataRow("exact_plain"), DataRow("mixed_difficult"), DataRow("mixed_plain")]
    [DataRow("recall_boundary"), DataRow("ties_difficult"), DataRow("ties_plain")]
    public void TheNumbersOfObjectDetectionMetrics(string name)
    {
        var runs = Runs(name, "object_detection_metrics");
        foreach (var run in runs)
            Compare(run, "total_positives", "mAP_over_classes_with_ground_truth", Read(name), new VocEvaluation
            {
                IouThreshold = run.GetProperty("iou_threshold").GetDouble(),
                AcceptAtThreshold = true,
                CountDifficult = true,
                Interpolation = InterpolationOf(run),
            });
    }

    [TestMethod]
    public void WithoutGroundTruthsThereIsNoNumber()
    {
        Assert.AreEqual(double.NaN, new VocEvaluation().Evaluate([], []).MAP);
        var wrong = new VocEvaluation().Evaluate([], [new(1, 1, new(0, 0, 1, 1), 1)]).PerCategory.Single();
        Assert.AreEqual(new VocCategoryMetrics(1, 0, 0, 1, double.NaN), wrong);
        var missed = new VocEvaluation().Evaluate([new(1, 1, new(0, 0, 1, 1))], []);
        Assert.AreEqual(0, missed.MAP);
    }

    private static void Compare(
        JsonElement run, string positives, string mean, JsonElement file, VocEvaluation evaluation)
    {
        string[] names = [.. Entries(file).Select(e => e.GetProperty("class").GetString()!).Distinct().Order()];
        string[] images = [.. Entries(file).Select(e => e.GetProperty("image").GetString()!).Distinct()];
        long Id(string[] list, JsonElement entry, string key) =>
            Array.IndexOf(list, entry.GetProperty(key).GetString());
        var metrics = evaluation.Evaluate(
            file.GetProperty("ground_truth").EnumerateArray().Select(t =>
                new GroundTruth(Id(images, t, "image"), Id(names, t, "class"), Box(t))
                {
                    IsDifficult = t.GetProperty("difficult").GetInt32() == 1,
                }),
            file.GetProperty("detections").EnumerateArray().Select(d => new DetectionResult(
                Id(images, d, "image"), Id(names, d, "class"), Box(d), d.GetProperty("score").GetDouble())));
        var expected = run.GetProperty("classes").EnumerateArray().ToArray();
        Assert.HasCount(expected.Length, metrics.PerCategory.Where(c => c.GroundTruths > 0));
        foreach (var category in expected)
        {
            var actual = metrics.PerCategory.Single(c => c.CategoryId == Id(names, category, "class"));
            Assert.AreEqual(category.GetProperty("AP").GetDouble(), actual.AP, 1e-12, $"{evaluation}");
            Assert.AreEqual(category.GetProperty(positives).GetInt32(), actual.GroundTruths, $"{evaluation}");
            Assert.AreEqual(category.GetProperty("TP").GetInt32(), actual.TruePositives, $"{evaluation}");
            Assert.AreEqual(category.GetProperty("FP").GetInt32(), actual.FalsePositives, $"{evaluation}");
        }
        Assert.AreEqual(run.GetProperty(mean).GetDouble(), metrics.MAP, 1e-12, $"{evaluation}");
    }

    private static IEnumerable<JsonElement> Entries(JsonElement file) =>
        file.GetProperty("ground_truth").EnumerateArray().Concat(file.GetProperty("detections").EnumerateArray());

    private static BoxXywh Box(JsonElement entry)
    {
        var b = ReferenceCase.Numbers(entry.GetProperty("bbox"), e => e.GetDouble());
        return new(b[0], b[1], b[2] - b[0], b[3] - b[1]);
    }

    private static VocInterpolation InterpolationOf(JsonElement run) =>
        run.GetProperty("method").GetString() == "area" ? VocInterpolation.Area : VocInterpolation.ElevenPoint;

    private static JsonElement[] Runs(string name, string tool)
    {
        JsonElement[] runs = [.. Read(name).GetProperty("expected").GetProperty(tool).EnumerateArray()];
        Assert.IsNotEmpty(runs);
        return runs;
    }

    private static JsonElement Read(string name)
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(References.PathOf("12_eval", $"voc_{name}.json")));
        return json.RootElement.Clone();
    }
}
