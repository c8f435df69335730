using System.Text.Json;
using MLNet.Detection.Evaluation;
using MLNet.Detection.Evaluation.Masks;
using MLNet.Detection.Masks;

namespace MLNet.Detection.Tests.Evaluation.Masks;

[TestClass]
public class SegmentationEvaluationTests
{
    /// <summary>tests/Exports/segmentation.py computes them by NumPy and SciPy.</summary>
    [TestMethod]
    [DataRow(0)]
    [DataRow(1)]
    [DataRow(2)]
    public void EqualsNumPy(int number)
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(References.PathOf("segmentation", "metrics.json")));
        var c = json.RootElement.GetProperty("cases")[number];
        var (width, height) = (c.GetProperty("width").GetInt32(), c.GetProperty("height").GetInt32());
        var evaluation = new SegmentationEvaluation([.. Enumerable.Range(1, c.GetProperty("classes").GetInt32()).Select(k => $"c{k}")])
        {
            LeastPixels = c.GetProperty("least").GetInt32(),
        };
        for (var i = 0; i < c.GetProperty("truth").GetArrayLength(); i++)
            evaluation.Add(new(width, height, Bytes(c.GetProperty("truth")[i]))
            {
                Instances = [.. c.GetProperty("objects")[i].EnumerateArray().Select(e => e.GetUInt16())],
            }, new(width, height, Bytes(c.GetProperty("found")[i])));
        var (m, expected) = (evaluation.Metrics(), c.GetProperty("expected"));
        for (var t = 0; t < m.Classes.Count; t++)
            for (var p = 0; p < m.Classes.Count; p++)
                Assert.AreEqual(expected.GetProperty("confusion")[t][p].GetInt64(), m.Confusion[t, p]);
        var objects = m.Instances!;
        foreach (var (name, value) in new (string, double)[]
        {
            ("MeanIoU", m.MeanIoU), ("ForegroundIoU", m.ForegroundIoU), ("MeanDice", m.MeanDice), ("MeanAccuracy", m.MeanAccuracy),
            ("PixelAccuracy", m.PixelAccuracy), ("FrequencyWeightedIoU", m.FrequencyWeightedIoU), ("BoundaryF1", m.BoundaryF1),
            ("DicePerPicture", m.DicePerPicture), ("AveragePrecision", objects.AveragePrecision),
            ("AveragePrecision50", objects.AveragePrecision50), ("AggregatedJaccard", objects.AggregatedJaccard),
            ("TouchingPairs", objects.TouchingPairs), ("PairsToldApart", objects.PairsToldApart),
        })
            Assert.AreEqual(expected.GetProperty(name).GetDouble(), value, 1e-12, name);
    }

    [TestMethod]
    public void AClassThatIsNowhereDoesNotCount()
    {
        var evaluation = new SegmentationEvaluation(["cat", "dog"]);
        evaluation.Add(Map([0, 1, 1, 255]), Map([0, 1, 0, 1]));
        var m = evaluation.Metrics();
        Assert.IsTrue(double.IsNaN(m.Classes[2].IoU));
        Assert.AreEqual(0.5, m.Classes[1].IoU, 1e-15);
        Assert.AreEqual(0.5, m.MeanIoU, 1e-15);
        Assert.AreEqual(2 / 3.0, m.PixelAccuracy, 1e-15);
        Assert.IsNull(m.Instances);
        Assert.AreEqual(0.5, ((IEpochMetrics)m).Decisive, 1e-15);
    }

    [TestMethod]
    public void EmptyPicturesAreRightOrWrong()
    {
        var evaluation = new SegmentationEvaluation(["cat"]);
        evaluation.Add(Map([0, 0, 0, 0]) with { Instances = new ushort[4] }, Map([0, 0, 0, 0]));
        Assert.AreEqual(1, evaluation.Metrics().DicePerPicture);
        Assert.AreEqual(1, evaluation.Metrics().Instances!.AveragePrecision);
        evaluation.Add(Map([0, 0, 0, 0]) with { Instances = new ushort[4] }, Map([1, 1, 1, 1]));
        Assert.AreEqual(0.5, evaluation.Metrics().DicePerPicture);
        Assert.AreEqual(0.5, evaluation.Metrics().Instances!.AggregatedJaccard);
    }

    [TestMethod]
    public void NamesTheOnlyClassThatEveryPixelIsTakenFor()
    {
        var evaluation = new SegmentationEvaluation(["cat"]);
        evaluation.Add(Map([1, 1, 1, 1]), Map([1, 1, 1, 1]));
        Assert.IsNull(evaluation.Metrics().OnlyClass, "nothing else is there");
        evaluation.Add(Map([0, 1, 0, 255]), Map([1, 1, 1, 0]));
        Assert.AreEqual("cat", evaluation.Metrics().OnlyClass);
        evaluation.Add(Map([0, 0, 0, 0]), Map([1, 0, 1, 1]));
        Assert.IsNull(evaluation.Metrics().OnlyClass);
    }

    [TestMethod]
    public void RefusesMapsThatDoNotFit()
    {
        var evaluation = new SegmentationEvaluation(["cat"]);
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => evaluation.Add(Map([0, 0, 0, 0]), new(4, 1, new byte[4])))
            .Message, "2 x 2, the predicted one 4 x 1");
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => evaluation.Add(Map([0, 2, 0, 0]), Map([0, 0, 0, 0])))
            .Message, "the number 2; expected 0 to 1");
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => evaluation.Add(Map([0, 1, 0, 0]), Map([0, 255, 0, 0])))
            .Message, "leaves pixels out");
    }

    private static byte[] Bytes(JsonElement numbers) => [.. numbers.EnumerateArray().Select(e => e.GetByte())];

    private static LabelMap Map(byte[] classes) => new(2, 2, classes);
}
