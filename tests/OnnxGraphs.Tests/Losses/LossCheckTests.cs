using OnnxGraphs.Graphs;
using OnnxGraphs.Losses;
using OnnxGraphs.Ops;
using static OnnxGraphs.Ops.Op;

namespace OnnxGraphs.Tests.Losses;

[TestClass]
public class LossCheckTests
{
    // YOLO and YOLOX take the IoU in their targets as a constant; finite differences would not.
    public static IEnumerable<object[]> Examples =>
        LossCatalog.All.Where(example => example.Loss is not (YoloxLoss or YoloLoss))
            .Select(example => new object[] { example });

    public static string NameOf(System.Reflection.MethodInfo method, object[] row) =>
        $"{method.Name} ({((LossExample)row[0]).Name})";

    // Hand-written gradients and those of the table alike.
    [TestMethod]
    [DynamicData(nameof(Examples), DynamicDataDisplayName = nameof(NameOf))]
    public void EveryGradientIsThatOfItsFormula(LossExample example) => LossCheck.Gradient(example).Demand();

    private sealed record WrongLoss : Loss
    {
        protected override Var Formula(Var prediction, Var target) =>
            WithGradient(Pow(prediction - target, 2), (prediction, prediction - target));
    }

    [TestMethod]
    public void AWrongGradientIsFound()
    {
        var report = LossCheck.Gradient(new WrongLoss());
        Assert.AreEqual(0.5, report.Error, 0.01);
        Assert.AreEqual(report.Expected, 2 * report.Found, 1e-3);
        var error = Assert.ThrowsExactly<ArithmeticException>(() => report.Demand());
        Assert.Contains("The gradient of prediction[", error.Message);
        LossCheck.Gradient(new SquaredErrorLoss()).Demand();
    }
}
