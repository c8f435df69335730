using OnnxGraphs.Gradients;
using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Ops;

namespace OnnxGraphs.Tests;

[TestClass]
public sealed class TrigonometryTests
{
    private static readonly RandomTensors Random = new(23);

    public static IEnumerable<OperatorCase> Cases { get; } =
    [
        .. ((string[])["Sin", "Cos", "Tan", "Atan", "Sinh", "Cosh", "Asinh", "Asin", "Acos", "Atanh"]).Select(op =>
            new OperatorCase(op, x => Op.Apply(op, [x[0]]), Random.Uniform(-0.8, 0.8, 4, 3))),
        new("Acosh", x => Op.Apply("Acosh", [x[0]]), Random.Uniform(1.5, 3, 4, 3)),
    ];

    [TestMethod]
    [DynamicData(nameof(Cases))]
    public void GradientIsThatOfFiniteDifferences(OperatorCase operation) => operation.Check();

    [TestMethod]
    public void ArcusTangentOfSimplerOperatorsIsExactToRounding()
    {
        float[] numbers = [0, -0f, 1, -1, 0.4142f, -0.4143f, 2.4142f, 1e-20f, -1e-6f, 3e4f, -1e30f,
            .. Random.Normal(500).Values<float>().ToArray().Select(v => v * MathF.Exp(3 * v))];
        var graph = new Graph();
        var x = graph.Input("x", numbers.Length);
        var y = Op.Atan(x);
        var found = OnnxRun.Once(GraphWriter.Write([y, Gradient.Of(Op.SumAll(y), [x])[0]]),
            ("x", Tensor.Vector<float>(numbers)));
        for (var i = 0; i < numbers.Length; i++)
        {
            var (angle, slope) = (Math.Atan(numbers[i]), 1 / (1 + (double)numbers[i] * numbers[i]));
            Assert.AreEqual(angle, found[0].Values<float>()[i], 3e-7 * Math.Abs(angle), $"atan {numbers[i]}");
            Assert.AreEqual(slope, found[1].Values<float>()[i], 3e-7 * slope + 1e-30, $"its slope at {numbers[i]}");
        }
    }
}
