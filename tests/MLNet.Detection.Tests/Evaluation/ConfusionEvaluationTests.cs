using MLNet.Detection.Evaluation;

namespace MLNet.Detection.Tests.Evaluation;

[TestClass]
public sealed class ConfusionEvaluationTests
{
    private static readonly BoxXywh Left = new(0, 0, 40, 40), Right = new(100, 0, 40, 40), Far = new(500, 500, 9, 9);

    [TestMethod]
    public void EveryObjectAndEveryDetectionIsCountedOnce()
    {
        var matrix = new ConfusionEvaluation().Evaluate(
            [new(1, 4, Left), new(1, 9, Right), new(2, 4, Left)],
            [new(1, 4, Left, 0.9), new(1, 4, Right, 0.8), new(1, 9, Far, 0.7), new(2, 4, Left, 0.1)]);
        CollectionAssert.AreEqual(new long[] { 4, 9 }, matrix.CategoryIds.ToArray());
        int[][] expected = [[1, 0, 1], [1, 0, 0], [0, 1, 0]];
        for (var truth = 0; truth < 3; truth++)
        {
            for (var predicted = 0; predicted < 3; predicted++)
                Assert.AreEqual(expected[truth][predicted], matrix[truth, predicted], $"{truth} taken for {predicted}");
            Assert.AreEqual(expected[truth].Sum(), matrix.Total(truth));
        }
    }

    [TestMethod]
    public void TheHighestOverlapIsPairedFirst()
    {
        var near = Left with { X = 4 };
        var matrix = new ConfusionEvaluation().Evaluate(
            [new(1, 4, Left)], [new(1, 9, near, 0.9), new(1, 4, Left, 0.3)]);
        Assert.AreEqual(1, matrix[0, 0]);
        Assert.AreEqual(1, matrix[matrix.Background, 1]);
    }

    [TestMethod]
    public void ADetectionInACrowdDoesNotCount()
    {
        var matrix = new ConfusionEvaluation().Evaluate(
            [new(1, 4, new(0, 0, 300, 300)) { IsCrowd = true }], [new(1, 9, Left, 0.9)]);
        Assert.AreEqual(0, matrix.Total(0) + matrix.Total(1) + matrix.Total(matrix.Background));
    }

    [TestMethod]
    public void OtherCategoriesAreLeftOut()
    {
        var matrix = new ConfusionEvaluation().Evaluate([new(1, 4, Left)], [new(1, 9, Left, 0.9)], [4]);
        Assert.AreEqual(1, matrix[0, matrix.Background]);
        Assert.HasCount(1, matrix.CategoryIds);
    }
}
