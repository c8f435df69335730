using MLNet.Detection.Evaluation;

namespace MLNet.Detection.Tests.Evaluation;

[TestClass]
public sealed class LvisEvaluationTests
{
    [TestMethod]
    public void TheThirteenNumbersAreThoseOfTheLvisPackage()
    {
        var (truths, results) = ErrorsLvisSet.Load();
        var objects = truths.GroundTruths.Select(truth => truth with { IsCrowd = false });   // LVIS knows no crowds
        var metrics = new LvisEvaluation().Evaluate(
            objects, results, truths.LvisImages!, truths.LvisFrequencies!);
        var expected = ErrorsLvisSet.Expected("lvis.json").GetProperty("results");
        foreach (var (name, value) in new Dictionary<string, double>
        {
            ["AP"] = metrics.AP, ["AP50"] = metrics.AP50, ["AP75"] = metrics.AP75,
            ["APs"] = metrics.APOf(ObjectSize.Small), ["APm"] = metrics.APOf(ObjectSize.Medium),
            ["APl"] = metrics.APOf(ObjectSize.Large), ["APr"] = metrics.APOf(LvisFrequency.Rare),
            ["APc"] = metrics.APOf(LvisFrequency.Common), ["APf"] = metrics.APOf(LvisFrequency.Frequent),
            ["AR@300"] = metrics.AROf(ObjectSize.All), ["ARs@300"] = metrics.AROf(ObjectSize.Small),
            ["ARm@300"] = metrics.AROf(ObjectSize.Medium), ["ARl@300"] = metrics.AROf(ObjectSize.Large),
        })
            Assert.AreEqual(expected.GetProperty(name).GetDouble(), value, 1e-12, name);
    }

    [TestMethod]
    [DataRow(false, false, 1.0, DisplayName = "not annotated for the category: left out")]
    [DataRow(true, false, 0.5, DisplayName = "known to show none: wrong")]
    [DataRow(true, true, 1.0, DisplayName = "not all annotated: does not count")]
    public void ADetectionOfNothingCountsWhereTheCategoryIsKnown(bool isNegative, bool isOpen, double precision)
    {
        var box = new BoxXywh(0, 0, 50, 50);
        LvisImage[] images = [new(1, [], []), new(2, isNegative ? [7] : [], isOpen ? [7] : [])];
        var metrics = new LvisEvaluation().Evaluate(
            [new(1, 7, box)], [new(1, 7, box, 0.5), new(2, 7, box, 0.9)], images,
            new Dictionary<long, LvisFrequency> { [7] = LvisFrequency.Rare });
        Assert.AreEqual(precision, metrics.AP, 1e-12);
    }

    [TestMethod]
    public void ADetectionInAnUnknownPictureIsRefused()
    {
        var error = Assert.ThrowsExactly<ArgumentException>(() => new LvisEvaluation().Evaluate(
            [], [new(3, 7, new(0, 0, 5, 5), 0.9)], [new(1, [], [])], new Dictionary<long, LvisFrequency>()));
        StringAssert.Contains(error.Message, "ImageId = 3");
    }
}
