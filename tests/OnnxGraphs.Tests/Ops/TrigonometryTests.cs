using OnnxGraphs.Ops;

namespace OnnxGraphs.Tests;

[TestClass]
public sealed class TrigonometryTests
{
    private static readonly RandomTensors Random = new(23);

    public static IEnumerable<OperatorCase> Cases =>
    [
        .. ((string[])["Sin", "Cos", "Tan", "Atan", "Sinh", "Cosh", "Asinh", "Asin", "Acos", "Atanh"]).Select(op =>
            new OperatorCase(op, x => Op.Apply(op, [x[0]]), Random.Uniform(-0.8, 0.8, 4, 3))),
        new("Acosh", x => Op.Apply("Acosh", [x[0]]), Random.Uniform(1.5, 3, 4, 3)),
    ];

    [TestMethod]
    [DynamicData(nameof(Cases))]
    public void GradientIsThatOfFiniteDifferences(OperatorCase operation) => operation.Check();
}
