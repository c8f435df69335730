using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;

namespace OnnxGraphs.Tests;

[TestClass]
public sealed class ActivationsTests
{
    private static readonly RandomTensors Random = new(12);

    public static IEnumerable<OperatorCase> Cases { get; } =
    [
        new("Sigmoid", x => Op.Sigmoid(x[0]), Random.Normal(3, 4)),
        new("Softplus", x => Op.Softplus(x[0]), Random.Normal(3, 4)),
        new("Softplus far out", x => Op.Softplus(x[0]), Random.Uniform(50, 90, 4)),
        Plain("Softsign"), Plain("Tanh"), Plain("Relu"), Plain("Mish"), Plain("Gelu"), Plain("HardSwish"),
        Plain("LeakyRelu"), Plain("LeakyRelu", new() { { "alpha", 0.3f } }),
        Plain("Elu"), Plain("Elu", new() { { "alpha", 1.7f } }),
        Plain("Selu"), Plain("Selu", new() { { "alpha", 2f }, { "gamma", 0.5f } }),
        Plain("Celu"), Plain("Celu", new() { { "alpha", 0.7f } }),
        Plain("Gelu", new() { { "approximate", "tanh" } }),
        Plain("ThresholdedRelu", new() { { "alpha", 0.6f } }), Plain("Hardmax"),
        Plain("Shrink", new() { { "lambd", 0.6f }, { "bias", 0.3f } }),
        Plain("HardSigmoid"), Plain("HardSigmoid", new() { { "alpha", 0.7f }, { "beta", 0.3f } }),
        new("HardSwish beyond its bends", x => Op.Apply("HardSwish", [x[0] * 7f]), Random.Distinct(4, 7)),
        new("PRelu, a slope for each channel", x =>
            Op.Apply("PRelu", [x[0], x[1]]), Random.Distinct(2, 3, 2, 2), Random.Normal(3, 1, 1)),
        new("PRelu, one slope", x => Op.Apply("PRelu", [x[0], x[1]]), Random.Distinct(2, 3), Random.Normal(1)),
        .. SoftmaxCases("Softmax"), .. SoftmaxCases("LogSoftmax"),
    ];

    [TestMethod]
    [DynamicData(nameof(Cases))]
    public void GradientIsThatOfFiniteDifferences(OperatorCase operation) => operation.Check();

    [TestMethod]
    public void LogSoftmaxOfExtremeLogitsIsFinite() => FiniteDifferences.Check(
        x => Op.LogSoftmax(x[0]), 1, 1e-3f, Tensor.Of<float>(new(2, 3), [900, -900, 0, 700, -700, 0]));

    private static OperatorCase Plain(string op, Attributes? attributes = null) =>
        new($"{op} {attributes}", x => Op.Apply(op, [x[0]], attributes), Random.Distinct(5, 6));

    private static IEnumerable<OperatorCase> SoftmaxCases(string op)
    {
        foreach (var axis in (int[])[-1, 0, 1, 2, -2])
            yield return new($"{op} axis {axis}", x =>
                Op.Apply(op, [x[0]], new() { { "axis", axis } }), Random.Normal(2, 3, 4));
        yield return new($"{op} of one class", x => Op.Apply(op, [x[0]]), Random.Normal(4, 1));
        yield return new($"{op} of nothing", x => Op.Apply(op, [x[0]]), Random.Normal(0, 3));
    }
}
