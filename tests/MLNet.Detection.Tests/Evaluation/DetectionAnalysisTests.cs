using MLNet.Detection.Evaluation;

namespace MLNet.Detection.Tests.Evaluation;

[TestClass]
public sealed class DetectionAnalysisTests
{
    private static readonly BoxXywh Left = new(0, 0, 40, 40), Right = new(100, 0, 40, 40);

    [TestMethod]
    public void PartsAgreeWithTheEvaluationsAlone()
    {
        var (truths, results) = ErrorsLvisSet.Load();
        var names = truths.Categories.ToDictionary(category => category.Id, category => category.Name);
        var analysis = DetectionAnalysis.Of(truths.GroundTruths, results, names);
        var metrics = new CocoEvaluation().Evaluate(truths.GroundTruths, results);
        Assert.AreEqual(metrics.MAP50_95, analysis.Metrics.MAP50_95);
        Assert.AreEqual(new ErrorEvaluation().Evaluate(truths.GroundTruths, results).FalsePositives,
            analysis.Errors.FalsePositives);
        CollectionAssert.AreEqual(names.OrderBy(name => name.Key).Select(name => name.Value).ToArray(),
            analysis.Metrics.PerCategory.Select(category => category.Name).ToArray());
        var wrong = Enumerable.Range(0, names.Count + 1).Sum(i => analysis.Confusion.Total(i) - analysis.Confusion[i, i]);
        Assert.AreEqual(wrong, analysis.Mistakes.Values.Sum());
    }

    [TestMethod]
    public void MistakesCountMissedWrongAndNeedless()
    {
        GroundTruth[] truths = [new(1, 0, Left), new(2, 0, Left), new(3, 0, Left), new(3, 1, Right)];
        // Picture 1 is right, picture 2 holds a needless detection, picture 3 a wrong class and a missed object.
        DetectionResult[] results =
            [new(1, 0, Left, 0.9), new(2, 0, Left, 0.9), new(2, 0, Right, 0.9), new(3, 1, Left, 0.9)];
        var mistakes = DetectionAnalysis.Of(truths, results, new Dictionary<long, string> { [0] = "a", [1] = "b" }).Mistakes;
        Assert.HasCount(2, mistakes);
        Assert.AreEqual(1, mistakes[2]);
        Assert.AreEqual(2, mistakes[3]);
    }

    [TestMethod]
    public void CategoriesWithoutANameAreLeftOut()
    {
        var analysis = DetectionAnalysis.Of([new(1, 0, Left), new(1, 5, Right)], [new(1, 0, Left, 0.9)],
            new Dictionary<long, string> { [0] = "a" });
        Assert.AreEqual(1, analysis.Metrics.MAP50, 1e-9);
        Assert.IsEmpty(analysis.Mistakes);
    }

    [TestMethod]
    public void WithoutAnythingThereIsNothingToSay()
    {
        var analysis = DetectionAnalysis.Of([], [], new Dictionary<long, string>());
        Assert.AreEqual(-1, analysis.Metrics.MAP50);
        Assert.AreEqual(-1, analysis.Errors.AP);
        Assert.AreEqual(0, analysis.Confusion.Background);
    }
}
