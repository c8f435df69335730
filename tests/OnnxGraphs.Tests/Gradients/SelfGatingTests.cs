using OnnxGraphs.Gradients;
using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Ops;

namespace OnnxGraphs.Tests;

/// <summary>Products of a value with a gate of itself, and which maps their gradients keep.</summary>
[TestClass]
public sealed class SelfGatingTests
{
    private static readonly RandomTensors Random = new(17);

    public static IEnumerable<object[]> Gates =>
    [
        [(Func<Var, Var>)Op.Sigmoid, "SiLU"], [(Func<Var, Var>)Wide, "HardSwish"],
        [(Func<Var, Var>)(x => Op.Tanh(Op.Softplus(x))), "Mish"],
        [(Func<Var, Var>)(x => Op.Clip(x + 30f, 0, 60) / 60f), "HardSwish of PaddlePaddle"],
    ];

    [TestMethod]
    [DynamicData(nameof(Gates))]
    public void AgreesWithDifferences(Func<Var, Var> gate, string _)
    {
        var x = Random.Normal(3, 40);
        FiniteDifferences.Check(v => v[0] * gate(v[0]), 1e-2f, 2e-3f, x);
        FiniteDifferences.Check(v => gate(v[0]) * v[0], 1e-2f, 2e-3f, x);
        // The gate goes elsewhere too, and its argument is computed.
        FiniteDifferences.Check(v => UsedTwice(v[0] * 2f), 5e-3f, 4e-3f, x);

        Var UsedTwice(Var z) => z * gate(z) + gate(z) * gate(z);
    }

    [TestMethod]
    [DynamicData(nameof(Gates))]
    public void OfTheForwardPassOnlyTheArgumentIsRead(Func<Var, Var> gate, string name)
    {
        var graph = new Graph();
        var x = graph.Input("x", 5);
        var own = gate(x);
        var loss = Op.SumAll(x * own);
        var forward = graph.Nodes.Count;
        Gradient.Of(loss, [x]);
        Assert.IsFalse(graph.Nodes.Skip(forward).Any(node => node.Inputs.Contains(own)), name);
    }

    [TestMethod]
    [DynamicData(nameof(Gates))]
    public void AGateThatIsAskedForHasAGradient(Func<Var, Var> gate, string _)
    {
        var (graph, value) = (new Graph(), Random.Normal(5));
        var x = graph.Input("x", 5);
        var own = gate(x);
        var loss = Op.SumAll(x * own);
        var asked = Gradient.Of(loss, [own, x]);
        var found = OnnxRun.Once(GraphWriter.Write([graph.Output("gate", asked[0]), graph.Output("both", asked[1]),
            graph.Output("alone", Gradient.Of(loss, [x])[0])], [x]), ("x", value));
        Close.AreEqual(value, found[0], 1e-6f);
        Close.AreEqual(found[2], found[1], 1e-6f);
    }

    // Another product, of two values, one of which is computed from the other and a weight.
    [TestMethod]
    public void AProductWithAWeightIsNoGate()
    {
        var (x, w) = (Random.Normal(6), Random.Normal(6));
        FiniteDifferences.Check(v => v[0] * Op.Sigmoid(v[0] * v[1]), 1e-2f, 2e-3f, x, w);
        FiniteDifferences.Check(v => v[0] * v[0], 1e-2f, 2e-3f, x);
        FiniteDifferences.Check(v => v[0] * Op.Sigmoid(Op.ReduceSum(v[0], [1])), 1e-2f, 2e-3f, Random.Normal(3, 4));
    }

    [TestMethod]
    [DataRow(0.3f, false)]
    [DataRow(0f, false)]
    [DataRow(-0.3f, true)]
    public void ALeakNeedsItsArgumentOnlyWhereItTurnsTheSign(float alpha, bool reads)
    {
        var graph = new Graph();
        var x = graph.Input("x", 5);
        var loss = Op.SumAll(Leaky(x, alpha));
        var forward = graph.Nodes.Count;
        Gradient.Of(loss, [x]);
        Assert.AreEqual(reads, graph.Nodes.Skip(forward).Any(node => node.Inputs.Contains(x)));
        FiniteDifferences.Check(v => Leaky(v[0], alpha) + Leaky(v[1], alpha), 1e-3f, 1e-2f, Random.Uniform(0.1, 2, 20), Random.Uniform(-2, -0.1, 20));
    }

    private static Var Leaky(Var x, float alpha) => Op.Apply("LeakyRelu", [x], new() { { "alpha", alpha } });

    // Limits that no value of a normal distribution is near.
    private static Var Wide(Var x) => Op.Apply("HardSigmoid", [x], new() { { "alpha", 0.05f }, { "beta", 0.5f } });
}
