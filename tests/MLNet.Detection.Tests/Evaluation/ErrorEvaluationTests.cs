using MLNet.Detection.Evaluation;

namespace MLNet.Detection.Tests.Evaluation;

[TestClass]
public sealed class ErrorEvaluationTests
{
    private static readonly BoxXywh Place = new(100, 100, 40, 40);

    [TestMethod]
    public void CountsAndCostsAreTide()
    {
        var (truths, results) = ErrorsLvisSet.Load();
        var errors = new ErrorEvaluation().Evaluate(truths.GroundTruths, results);
        var expected = ErrorsLvisSet.Expected("tide.json");
        Assert.AreEqual(expected.GetProperty("ap").GetDouble(), errors.AP, 1e-12);
        foreach (var (kind, name) in new Dictionary<ErrorKind, string>
        {
            [ErrorKind.Classification] = "Cls", [ErrorKind.Localization] = "Loc", [ErrorKind.Both] = "Both",
            [ErrorKind.Duplicate] = "Dupe", [ErrorKind.Background] = "Bkg", [ErrorKind.Missed] = "Miss",
        })
        {
            Assert.AreEqual(expected.GetProperty("counts").GetProperty(name).GetInt32(), errors.PerKind[kind].Count, name);
            Assert.AreEqual(expected.GetProperty("delta").GetProperty(name).GetDouble(), errors.PerKind[kind].AP, 1e-12, name);
        }
        var special = expected.GetProperty("special");
        Assert.AreEqual(special.GetProperty("FalsePos").GetDouble(), errors.FalsePositives, 1e-12);
        Assert.AreEqual(special.GetProperty("FalseNeg").GetDouble(), errors.FalseNegatives, 1e-12);
    }

    [TestMethod]
    [DataRow(2, 0.0, ErrorKind.Classification)]
    [DataRow(1, 20.0, ErrorKind.Localization)]
    [DataRow(2, 20.0, ErrorKind.Both)]
    [DataRow(1, 200.0, ErrorKind.Background)]
    public void EachWrongDetectionIsOfOneKind(int category, double shift, ErrorKind kind)
    {
        var errors = new ErrorEvaluation().Evaluate(
            [new(1, 1, Place)], [new(1, category, Place with { X = Place.X + shift }, 0.9)]);
        Assert.AreEqual(1, errors.PerKind[kind].Count);
        Assert.AreEqual(
            kind is ErrorKind.Both or ErrorKind.Background ? 1 : 0, errors.PerKind[ErrorKind.Missed].Count);
    }

    [TestMethod]
    public void TheSecondDetectionOfAnObjectIsADuplicate()
    {
        var errors = new ErrorEvaluation().Evaluate([new(1, 1, Place)], [new(1, 1, Place, 0.5), new(1, 1, Place, 0.9)]);
        Assert.AreEqual(new ErrorCost(1, 0), errors.PerKind[ErrorKind.Duplicate]);
        Assert.AreEqual(1, errors.AP, 1e-12);
    }

    [TestMethod]
    public void WithoutObjectsThereIsNoPrecision() =>
        Assert.AreEqual(-1, new ErrorEvaluation().Evaluate([], [new(1, 1, Place, 0.9)]).AP);
}
