using System.Text.Json;
using MLNet.Detection.Evaluation;

namespace MLNet.Detection.Tests.Evaluation;

[TestClass]
public sealed class CocoEvaluationTests
{
    private const double Tolerance = 1e-12;

    [TestMethod]
    [DataRow("exact", true), DataRow("mixed", true), DataRow("ties", true)]
    [DataRow("exact", false), DataRow("mixed", false), DataRow("ties", false)]
    public void TheTwelveNumbersArePycocotools(string name, bool useCategories)
    {
        var metrics = Evaluate(name, useCategories);
        var stats = Expected(name, useCategories).GetProperty("stats");
        Dictionary<string, double> actual = new()
        {
            ["AP"] = metrics.MAP50_95, ["AP50"] = metrics.MAP50, ["AP75"] = metrics.MAP75,
            ["APs"] = metrics.MAPSmall, ["APm"] = metrics.MAPMedium, ["APl"] = metrics.MAPLarge,
            ["AR1"] = metrics.AR1, ["AR10"] = metrics.AR10, ["AR100"] = metrics.AR100,
            ["ARs"] = metrics.ARSmall, ["ARm"] = metrics.ARMedium, ["ARl"] = metrics.ARLarge,
        };
        foreach (var (key, value) in actual)
            Assert.AreEqual(stats.GetProperty(key).GetDouble(), value, Tolerance, key);
    }

    [TestMethod]
    [DataRow("exact", true), DataRow("mixed", true), DataRow("ties", true)]
    [DataRow("exact", false), DataRow("mixed", false), DataRow("ties", false)]
    public void EveryPrecisionAndRecallIsPycocotools(string name, bool useCategories)
    {
        var metrics = Evaluate(name, useCategories);
        var expected = Expected(name, useCategories);
        var (precisions, recalls) = (Data(expected, "ap_T_K_A_M"), Data(expected, "recall_T_K_A_M"));
        var cells = (
            from t in Enumerable.Range(0, 10)
            from k in Enumerable.Range(0, metrics.PerCategory.Count)
            from a in Enum.GetValues<ObjectSize>()
            from m in Enumerable.Range(0, 3)
            select (t, k, a, m)).ToArray();
        Assert.HasCount(cells.Length, precisions);
        Assert.HasCount(cells.Length, recalls);
        foreach (var (i, (t, k, a, m)) in cells.Index())
        {
            var precision = metrics.Precision(t, k, a, m).ToArray().Average();
            Assert.AreEqual(precisions[i], precision, Tolerance, $"precision {cells[i]}");
            Assert.AreEqual(recalls[i], metrics.Recall(t, k, a, m), Tolerance, $"recall {cells[i]}");
        }
    }

    [TestMethod]
    [DataRow("exact", true), DataRow("mixed", true), DataRow("ties", true)]
    [DataRow("exact", false), DataRow("mixed", false), DataRow("ties", false)]
    public void CategoriesAndCurvesArePycocotools(string name, bool useCategories)
    {
        var metrics = Evaluate(name, useCategories);
        var expected = Expected(name, useCategories);
        var categories = expected.GetProperty("per_category").EnumerateArray().ToArray();
        Assert.HasCount(categories.Length, metrics.PerCategory);
        foreach (var (category, actual) in categories.Zip(metrics.PerCategory))
        {
            Assert.AreEqual(category.GetProperty("category_id").GetInt64(), actual.CategoryId);
            Assert.AreEqual(category.GetProperty("AP").GetDouble(), actual.AP, Tolerance);
            Assert.AreEqual(category.GetProperty("AP50").GetDouble(), actual.AP50, Tolerance);
            Assert.AreEqual(category.GetProperty("AR100").GetDouble(), actual.AR100, Tolerance);
        }
        Assert.AreEqual(useCategories, expected.TryGetProperty("precision_iou50_all_100_R_K", out _));
        if (!useCategories)
            return;
        var data = Data(expected, "precision_iou50_all_100_R_K");
        Assert.HasCount(101 * categories.Length, data);
        for (var k = 0; k < categories.Length; k++)
            for (var r = 0; r < 101; r++)
                Assert.AreEqual(data[r * categories.Length + k], metrics.Precision(0, k)[r], Tolerance, $"{k} {r}");
    }

    [TestMethod]
    public void ThresholdsAreTheDoublesOfNumpy()
    {
        var expected = ReferenceCase.Numbers(Expected("exact", true).GetProperty("iouThrs"), e => e.GetDouble());
        CollectionAssert.AreEqual(expected, CocoMetrics.IouThresholds.ToArray());
        Assert.AreEqual(0.5700000000000001, CocoMetrics.RecallLevels[57]);
        Assert.AreEqual(1.0, CocoMetrics.RecallLevels[100]);
    }

    [TestMethod]
    public void TheBestThresholdHasTheHighestF1()
    {
        var box = new BoxXywh(0, 0, 10, 10);
        var far = new BoxXywh(50, 50, 10, 10);
        GroundTruth[] truths = [new(1, 7, box), new(2, 7, box), new(3, 7, box), new(4, 7, box)];
        DetectionResult[] results =
        [
            new(1, 7, box, 0.9), new(2, 7, far, 0.8), new(2, 7, box, 0.7), new(3, 7, box, 0.7), new(4, 7, far, 0.1),
        ];
        var category = new CocoEvaluation().Evaluate(truths, results).PerCategory.Single();
        PrecisionRecallPoint[] points =
            [new(0.9, 1, 0.25), new(0.8, 0.5, 0.25), new(0.7, 0.75, 0.75), new(0.1, 0.6, 0.75)];
        CollectionAssert.AreEqual(points, category.PrecisionRecall.ToArray());
        Assert.AreEqual(0.75, category.F1, 1e-15);
        Assert.AreEqual(0.7, category.BestThreshold);
        Assert.AreEqual(4, category.GroundTruths);
    }

    [TestMethod]
    public void NothingToEvaluateIsMinusOne()
    {
        var nothing = new CocoEvaluation().Evaluate([], []);
        Assert.AreEqual(-1, nothing.MAP50_95);
        Assert.AreEqual(-1, nothing.AR100);
        Assert.IsEmpty(nothing.PerCategory);

        var box = new BoxXywh(0, 0, 10, 10);
        var onlyWrong = new CocoEvaluation().Evaluate([], [new(1, 3, box, 0.5)], [3, 4]);
        Assert.AreEqual(-1, onlyWrong.MAP50);
        Assert.HasCount(2, onlyWrong.PerCategory);
        Assert.AreEqual(-1, onlyWrong.PerCategory[0].F1);
        Assert.AreEqual(double.NaN, onlyWrong.PerCategory[0].BestThreshold);

        var onlyMissed = new CocoEvaluation().Evaluate([new(1, 3, box)], []);
        Assert.AreEqual(0, onlyMissed.MAP50_95);
        Assert.AreEqual(0, onlyMissed.AR100);
        Assert.AreEqual(-1, onlyMissed.MAPLarge);
        Assert.AreEqual(0, onlyMissed.PerCategory[0].F1);
    }

    [TestMethod]
    public void NaNIsNamed()
    {
        var score = Assert.ThrowsExactly<ArgumentException>(
            () => new CocoEvaluation().Evaluate([], [new(4, 3, new(0, 0, 1, 1), double.NaN)]));
        StringAssert.Contains(score.Message, "ImageId = 4");
        Assert.ThrowsExactly<ArgumentException>(
            () => new CocoEvaluation().Evaluate([new(4, 3, new(0, 0, double.PositiveInfinity, 1))], []));
    }

    private static CocoMetrics Evaluate(string name, bool useCategories)
    {
        var truth = Read($"coco_{name}_gt.json");
        var truths = truth.GetProperty("annotations").EnumerateArray().Select(a =>
            new GroundTruth(a.GetProperty("image_id").GetInt64(), a.GetProperty("category_id").GetInt64(), Box(a))
            {
                Area = a.GetProperty("area").GetDouble(), IsCrowd = a.GetProperty("iscrowd").GetInt32() == 1,
            });
        var results = Read($"coco_{name}_dets.json").EnumerateArray().Select(d => new DetectionResult(
            d.GetProperty("image_id").GetInt64(), d.GetProperty("category_id").GetInt64(), Box(d),
            d.GetProperty("score").GetDouble()));
        var categories = truth.GetProperty("categories").EnumerateArray().Select(c => c.GetProperty("id").GetInt64());
        return new CocoEvaluation { UseCategories = useCategories }.Evaluate(truths, results, categories);
    }

    private static BoxXywh Box(JsonElement entry)
    {
        var b = ReferenceCase.Numbers(entry.GetProperty("bbox"), e => e.GetDouble());
        return new(b[0], b[1], b[2], b[3]);
    }

    private static double[] Data(JsonElement expected, string name) =>
        ReferenceCase.Numbers(expected.GetProperty(name).GetProperty("data"), e => e.GetDouble());

    private static JsonElement Expected(string name, bool useCategories) =>
        Read($"coco_{name}_expected.json").GetProperty(useCategories ? "useCats1" : "useCats0");

    private static JsonElement Read(string file)
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(References.PathOf("12_eval", file)));
        return json.RootElement.Clone();
    }
}
