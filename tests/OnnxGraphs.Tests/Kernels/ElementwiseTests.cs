using OnnxGraphs.Graphs;
using OnnxGraphs.Ops;
using OnnxGraphs.Runtime;
using static OnnxGraphs.Ops.Op;

namespace OnnxGraphs.Tests.Kernels;

/// <summary>Fused chains of elementwise operators against ONNX Runtime's operators.</summary>
[TestClass]
public class ElementwiseTests
{
    public static IEnumerable<object[]> Chains =>
    [
        Chain("arithmetic", x => (x[0] + x[1]) * x[0] - x[1] / (x[0] * x[0] + 2f), [3, 5, 7], [3, 5, 7]),
        Chain("numbers", x => 3f - 2f / (1f + x[0] * x[0]) * 0.5f - 1f, [4099]),
        Chain("scalar operand", x => (x[0] * x[1] + x[1]) / (x[1] * x[1] + 1f), [2, 3000], []),
        Chain("row", x => x[0] * x[1] + Exp(x[1]) * x[0], [6, 70], [70]),
        Chain("column", x => (x[0] - x[1]) * (x[0] + x[1]), [6, 70], [6, 1]),
        Chain("narrow column", x => (x[0] - x[1]) * (x[0] + x[1]), [2, 1500, 4], [2, 1500, 1]),
        Chain("channels", x => Relu(x[0] * x[1] + x[2]), [2, 5, 6, 7], [1, 5, 1, 1], [5, 1, 1]),
        Chain("both repeated", x => (x[0] + x[1]) * (x[0] - x[1]), [40, 1], [1, 60]),
        Chain("middle axis", x => x[0] * x[1] + x[0], [3, 4, 5], [3, 1, 5]),
        Chain("functions", x => Sigmoid(x[0]) + Tanh(x[0]) * Exp(-Abs(x[0])) + Log(x[0] * x[0] + 0.1f)
            + Sqrt(x[0] * x[0] + 1f) + Softplus(x[0]), [3000]),
        Chain("activations", x => HardSigmoid(x[0]) * x[0] + Apply("HardSwish", [x[0]])
            + Apply("LeakyRelu", [x[0]], new() { { "alpha", 0.2f } }) + Relu(x[0] - 0.1f), [2999]),
        Chain("powers", x => Pow(Sigmoid(x[0]), 1.5f) + Pow(Sigmoid(x[0]), 0.5f) + Pow(x[0], 3) + Pow(x[0], 4), [701]),
        Chain("any power", x => Pow(Sigmoid(x[0]), 1.8f) + Pow(x[0], 7) + Pow(Abs(x[0]), 0.3f) + Pow(Relu(x[0]), 2.25f)
            + Pow(x[0], 1), [701]),
        Chain("choices", x => Where(And(Greater(x[0], x[1]), Less(x[0], x[0].Like(1))), Exp(x[0]), x[1] * 2f)
            + Clip(x[0], -0.5f, 0.75f) + Clip(x[1], null, 0.5f) + Max(x[0], x[1]) + Min(x[0], x[0].Like(0.2f)),
            [40, 33], [40, 33]),
        Chain("masks", x => Cast(Not(Or(GreaterOrEqual(x[0], x[1]), LessOrEqual(x[0], x[0].Like(-1)))),
            ElementType.Float32) * x[0] + Sign(x[1]) * x[0], [1037], [1037]),
        Chain("shapes", x => Reshape(Reshape(x[0] * 2f, 6, 10) + Reshape(x[1], 6, 10), 60) * x[1], [60], [60]),
        Chain("sum of rows", x => ReduceSum(x[0] * x[1], [2], keep: false), [3, 5, 70], [3, 5, 70]),
        Chain("sum of short rows", x => ReduceSum(Exp(x[0]) * x[1], [2]), [3, 500, 4], [3, 500, 4]),
        Chain("mean of long rows", x => ReduceMean(x[0] * x[0] + 1f, [1, 2, 3], keep: false), [3, 5, 30, 71]),
        Chain("sum of all", x => ReduceSum(x[0] * Sigmoid(x[0]), keep: false), [70001]),
        Chain("sum and elements", x => ReduceMean(x[0] * x[1], [1]) * Sigmoid(x[0] * x[1]), [5, 3001], [5, 3001]),
        Chain("softmax by hand", x => Exp(x[0]) / ReduceSum(Exp(x[0]), [1]), [50, 81]),
        Chain("two sums", x => ReduceSum(x[0] * x[0], [0, 1], keep: false)
            + Apply("ReduceL1", [x[0] - 1f], new() { { "keepdims", 0 } }), [31, 44]),
        Chain("few elements", x => Exp(x[0] * 2f) + x[1], [16], []),
    ];

    private static object[] Chain(string name, Func<Var[], Var> f, params long[][] shapes) => [name, f, shapes];

    // To ONNX Runtime it is two operators (findings/onnxruntime-hardswish.sh); of one alone Relu stays its own.
    [TestMethod]
    public void HardSwishAloneIsOnePass()
    {
        var x = new RandomTensors(9).Normal(5000);
        foreach (var (op, kernels) in new[] { ("HardSwish", 1), ("Relu", 0) })
        {
            var graph = new Graph();
            Var[] outputs = [graph.Output("y", Apply(op, [graph.Input("x", 5000)]))];
            var (found, ran) = BothForms.Run(outputs, Device.Cpu, [("x", x)]);
            Assert.HasCount(kernels, ran, op);
            Close.AreEqual(BothForms.Run(outputs, Device.Cpu with { Kernels = false }, [("x", x)]).Values[0], found[0], 1e-6f);
        }
    }

    [TestMethod]
    [DynamicData(nameof(Chains))]
    public void AChainEqualsItsOperators(string name, Func<Var[], Var> f, long[][] shapes)
    {
        var kernels = BothForms.Compare(f, 2e-5f,
            [.. shapes.Select((shape, i) => new RandomTensors(i).Normal(shape))]);
        CollectionAssert.Contains(kernels.ToArray(), "Elementwise", name);
    }

    [TestMethod]
    public void ExtremeNumbersEqualThoseOfTheOperators()
    {
        float[] extremes =
            [0, -0f, 1e-40f, 1e-30f, -1e-30f, 3e38f, -3e38f, 88, -88, 104, -104, 1, -1, 20, -20, 0.5f, 7];
        var x = Tensor.Of<float>(new(extremes.Length), extremes);
        BothForms.Compare(v => Sigmoid(v[0]) * 2f + Positive(v[0]) + HardSigmoid(v[0]), 1e-6f, x);
        BothForms.Compare(v => Softplus(v[0]) * 2f + Exp(Clip(v[0], null, 80)) * 1e-30f, 1e-6f, x);
        BothForms.Compare(v => Where(Greater(v[0], v[0].Like(0)), Log(Abs(v[0]) + 1f), v[0]) * 3f, 1e-6f, x);
    }

    [TestMethod]
    public void TheBranchNotTakenLeaksNothing()
    {
        var graph = new Graph();
        var x = graph.Input("x", 5);
        var y = graph.Output("y", Where(Greater(x, x.Like(0)), Log(x), x * 0f) * 2f);
        var (values, kernels) = BothForms.Run([y], Device.Cpu,
            ("x", Tensor.Vector(-1f, 0f, 1f, -5f, MathF.E)));
        Assert.HasCount(1, kernels);
        Close.AreEqual([0, 0, 0, 0, 2], values[0].Values<float>(), 1e-6f);
    }

    // A joins B and C only where nothing outside lies between them.
    [TestMethod]
    public void AKernelNeverWaitsForItself()
    {
        BothForms.Compare(x =>
        {
            var a = Exp(x[0]);
            var b = a * 2f + ReduceMax(a, [1]);
            return b * a + ReduceMax(b, [1]) * a;
        }, 1e-5f, new RandomTensors(8).Normal(20, 30));
    }

    [TestMethod]
    public void ValuesThatAreReadElsewhereAreKept()
    {
        var graph = new Graph();
        var x = graph.Input("x", 6, 10);
        var a = Exp(x) + 1f;
        Var[] outputs =
        [
            graph.Output("a", a), graph.Output("flat", Reshape(a * 2f, 60)),
            graph.Output("mask", Greater(a * 3f, a.Like(4))), graph.Output("sum", ReduceSum(a * a, [1])),
        ];
        var feed = ("x", new RandomTensors(8).Normal(6, 10));
        var expected = BothForms.Run(outputs, Device.Cpu with { Kernels = false }, feed).Values;
        var (found, _) = BothForms.Run(outputs, Device.Cpu, feed);
        for (var i = 0; i < outputs.Length; i++)
            Close.AreEqual(expected[i], found[i], 1e-6f, outputs[i].Name);
    }
}
