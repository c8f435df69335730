using OnnxGraphs.Gradients;
using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Ops;

namespace OnnxGraphs.Tests;

[TestClass]
public sealed class GradientTests
{
    private static readonly RandomTensors Random = new(61);

    [TestMethod]
    public void DetachStopsTheGradient()
    {
        // x detach(x): only the first factor counts, so the derivative is x, not 2 x.
        var x = Tensor.Vector(1f, -2f, 3f);
        Close.AreEqual(x, GradientAt(v => Op.SumAll(v * Op.Detach(v)), x), 0);
    }

    [TestMethod]
    public void WithGradientUsesTheGivenGradient()
    {
        var x = Tensor.Vector(1f, -2f, 3f);
        var found = GradientAt(v => 2f * Op.WithGradient(Op.SumAll(v), (v, Op.Exp(v))) + Op.SumAll(v), x);
        Close.AreEqual(Tensor.Vector(2 * MathF.E + 1, 2 * MathF.Exp(-2) + 1, 2 * MathF.Exp(3) + 1), found, 1e-6f);
    }

    [TestMethod]
    public void WithGradientOfSeveralInputs()
    {
        var graph = new Graph();
        var (a, b) = (graph.Input("a", 2), graph.Input("b", 3));
        var value = Op.WithGradient(Op.SumAll(a) * Op.SumAll(b), (a, a * 2f), (b, b * 3f));
        var gradients = Gradient.Of(value, [a, b]);
        var model = GraphWriter.Write([graph.Output("da", gradients[0]), graph.Output("db", gradients[1])], [a, b]);
        var found = OnnxRun.Once(model, ("a", Tensor.Vector(1f, 2f)), ("b", Tensor.Vector(1f, 2f, 3f)));
        Close.AreEqual(Tensor.Vector(2f, 4f), found[0], 0);
        Close.AreEqual(Tensor.Vector(3f, 6f, 9f), found[1], 0);
    }

    [TestMethod]
    public void AMissingRuleNamesOperatorAndPath()
    {
        var graph = new Graph();
        var image = graph.Input("image", 1, 2, 4, 4) * graph.Input("weight", 2, 1, 1);
        var loss = Op.SumAll(Op.Relu(RoiAlign(image)));
        var error = Assert.ThrowsExactly<GraphException>(() => Gradient.Of(loss, [graph.Find("weight")!]));
        StringAssert.Contains(error.Message, "Operator RoiAlign has no gradient rule");
        StringAssert.Contains(error.Message, $"RoiAlign_2 <- {image.Name}");
    }

    // The operator without a rule lies beside the path or before the value: no gradient passes it.
    [TestMethod]
    public void AMissingRuleBesideThePathIsNoError()
    {
        var graph = new Graph();
        var sampled = RoiAlign(graph.Input("image", 1, 2, 4, 4));
        var weight = graph.Input("weight", 2, 1, 1);
        var gradients = Gradient.Of(Op.SumAll(weight * sampled), [weight, sampled]);
        Assert.AreEqual(weight.Shape, gradients[0].Shape);
        Assert.AreEqual(sampled.Shape, gradients[1].Shape);
    }

    [TestMethod]
    public void AValueTheLossDoesNotDependOnGetsZeros()
    {
        var graph = new Graph();
        var (x, other) = (graph.Input("x", 3), graph.Input("other", 2, 2));
        var zeros = Gradient.Of(Op.SumAll(x), [other])[0];
        Close.AreEqual(Tensor.Filled(new(2, 2), 0), OnnxRun.Value(zeros), 0);
    }

    [TestMethod]
    public void TheGradientOfAValueByItselfIsTheUpstream()
    {
        var graph = new Graph();
        var x = graph.Input("x", 3);
        Close.AreEqual(Tensor.Vector(5f, 5f, 5f), OnnxRun.Value(Gradient.Of(x, x.Like(5), [x])[0]), 0);
    }

    [TestMethod]
    public void GradientsOfValuesInBetween()
    {
        var graph = new Graph();
        var x = graph.Input("x", 3);
        var middle = Op.Exp(x);
        var gradients = Gradient.Of(Op.SumAll(middle * middle), [middle, x]);
        var model = GraphWriter.Write([graph.Output("dm", gradients[0]), graph.Output("dx", gradients[1])], [x]);
        var found = OnnxRun.Once(model, ("x", Tensor.Vector(0f, 1f, 2f)));
        Close.AreEqual(Tensor.Vector(2f, 2 * MathF.E, 2 * MathF.Exp(2)), found[0], 1e-6f);
        Close.AreEqual(Tensor.Vector(2f, 2 * MathF.Exp(2), 2 * MathF.Exp(4)), found[1], 1e-6f);
    }

    [TestMethod]
    public void PathsThatPartAndMeetAreSummed()
    {
        FiniteDifferences.Check(v => Op.Exp(v[0] * v[1]) + Op.Sigmoid(v[0]) * Op.Tanh(v[1] * v[0]) + v[0], 1e-2f, 1e-3f,
            Random.Normal(3, 4), Random.Normal(4));
        FiniteDifferences.Check(v => Diamonds(v[0], 3), 1e-2f, 1e-3f, Random.Uniform(-0.3, 0.3, 5));
    }

    // 2^40 paths, but each node is passed once.
    [TestMethod]
    public void TheGradientGrowsWithTheNodesNotWithThePaths()
    {
        var graph = new Graph();
        var x = graph.Input("x", 3);
        var loss = Op.SumAll(Diamonds(x, 40));
        var forward = graph.Nodes.Count;
        Gradient.Of(loss, [x]);
        Assert.IsLessThan(10 * forward, graph.Nodes.Count);
    }

    [TestMethod]
    public void EqualExpressionsAreBuiltOnce()
    {
        var graph = new Graph();
        var x = graph.Input("x", 3);
        Assert.AreSame(Op.Exp(x * 2f), Op.Exp(x * 2f));
        Assert.AreNotSame(Op.Softmax(x, 0), Op.LogSoftmax(x, 0));
        Assert.AreNotSame(Op.HardSigmoid(x, 0.2f), Op.HardSigmoid(x, 0.3f));
    }

    // The gradient is an expression like any other: its own gradient is compared with differences of it.
    public static IEnumerable<OperatorCase> Smooth =>
    [
        Twice("Mul, Exp", v => Op.Exp(v[0]) * v[1], Random.Normal(2, 3), Random.Normal(3)),
        Twice("Div, Sqrt", v => Op.Sqrt(v[0]) / v[1], Random.Uniform(1, 2, 2, 3), Random.Uniform(1, 2, 3)),
        Twice("Sigmoid, Softplus", v => Op.Softplus(v[0]) * Op.Sigmoid(v[0]), Random.Normal(6)),
        Twice("Tanh, Erf", v => Op.Tanh(v[0]) * Op.Erf(v[0]), Random.Normal(6)),
        Twice("Pow", v => Op.Pow(v[0], 2.5f), Random.Uniform(1, 2, 6)),
        Twice("Softmax", v => Op.Softmax(v[0]), Random.Normal(2, 4)),
        Twice("LogSoftmax", v => Op.LogSoftmax(v[0], 0), Random.Normal(2, 4)),
        Twice("ReduceMean, Log", v => Op.Log(Op.ReduceMean(v[0] * v[0], [1])), Random.Uniform(1, 2, 2, 3)),
        Twice("MatMul", v => Op.MatMul(Op.MatMul(v[0], v[1]), v[0]), Random.Normal(2, 3), Random.Normal(3, 2)),
        Twice("Gather", v => Op.Gather(v[0] * v[0], v[0].Graph.Constant(1, 0, 1)), Random.Normal(3, 2)),
        Twice("Conv", v => Op.Tanh(Op.Conv(v[0], v[1], pad: 1)), Random.Normal(1, 2, 4, 4), Random.Normal(2, 2, 3, 3)),
        Twice("Conv, stride 2", v =>
            Op.Tanh(Op.Conv(v[0], v[1], stride: 2, pad: 1)), Random.Normal(1, 2, 5, 5), Random.Normal(2, 2, 3, 3)),
        Twice("depthwise Conv", v =>
            Op.Tanh(Op.Conv(v[0], v[1], pad: 1, group: 2)), Random.Normal(1, 2, 4, 4), Random.Normal(2, 1, 3, 3)),
    ];

    [TestMethod]
    [DynamicData(nameof(Smooth))]
    public void TheGradientOfAGradient(OperatorCase operation) => operation.Check();

    [TestMethod]
    public void ALossOfManyNumbersIsRefused()
    {
        var graph = new Graph();
        var x = graph.Input("x", 2, 3);
        var error = Assert.ThrowsExactly<GraphException>(() => Gradient.Of(x * 2f, [x]));
        StringAssert.Contains(error.Message, "[2, 3]");
    }

    [TestMethod]
    public void AnUpstreamThatDoesNotFitIsRefused()
    {
        var graph = new Graph();
        var x = graph.Input("x", 3);
        var error = Assert.ThrowsExactly<GraphException>(() => Gradient.Of(x * 2f, graph.Input("u", 3, 1), [x]));
        StringAssert.Contains(error.Message, "does not fit");
    }

    [TestMethod]
    public void ASecondOutputWithoutARuleIsRefused()
    {
        var graph = new Graph();
        var x = graph.Input("x", 2, 3);
        var outputs = Op.Apply("LayerNormalization", [x, graph.Constant(Tensor.Filled(new(3), 1))], null, 3);
        var error = Assert.ThrowsExactly<GraphException>(() => Gradient.Of(Op.SumAll(outputs[2]), [x]));
        StringAssert.Contains(error.Message, "first output only");
    }

    // The largest sample of a bin has no rule.
    private static Var RoiAlign(Var image) => Op.Apply("RoiAlign",
        [image, image.Graph.Input("boxes", 3, 4), image.Graph.Constant(0, 0, 0)], new() { { "mode", "max" } });

    private static Var Diamonds(Var x, int depth) => depth == 0 ? x : Diamonds(Op.Tanh(x) * (x + 1f), depth - 1);

    private static OperatorCase Twice(string name, Func<Var[], Var> f, params Tensor[] inputs) => new($"of {name}", v =>
    {
        var y = f(v);
        var weights = v[0].Graph.Constant("weights", new RandomTensors(5).Normal(y.Shape.ToArray()));
        return Gradient.Of(Op.SumAll(y * weights), v)[0];
    }, inputs) { Tolerance = 3e-3f };

    private static Tensor GradientAt(Func<Var, Var> f, Tensor x)
    {
        var graph = new Graph();
        var input = graph.Input("x", x.Type, x.Shape);
        return OnnxRun.Once(GraphWriter.Write([graph.Output("dx", Gradient.Of(f(input), [input])[0])], [input]),
            ("x", x))[0];
    }
}
