using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Surgery;

namespace OnnxGraphs.Tests.Surgery;

[TestClass]
public sealed class SubgraphTests
{
    [TestMethod]
    public void TakesOnlyWhatTheValuesNeed()
    {
        var part = Subgraph.Extract(SmallHeads.AnchorMajor(3), ["boxes"]);
        CollectionAssert.AreEqual(new[] { "b", "bt", "boxes" },
            part.Proto.Graph.Node.Select(node => node.Output[0]).ToArray());
        CollectionAssert.AreEquivalent(new[] { "wb", "box_shape" }, part.Initializers.Keys.ToArray());
        CollectionAssert.AreEqual(new[] { "x0" }, part.Inputs.Select(input => input.Name).ToArray());
    }

    [TestMethod]
    public void StartsAtInnerValues()
    {
        var inputs = new Dictionary<string, TypedShape> { ["c"] = new(ElementType.Float32, new(1, 6, 4, 4)) };
        var part = Subgraph.Extract(SmallHeads.AnchorMajor(3), ["scores"], inputs);
        CollectionAssert.AreEqual(new[] { "c" }, part.Inputs.Select(input => input.Name).ToArray());
        Assert.DoesNotContain("Conv", part.Proto.Graph.Node.Select(node => node.OpType));
        var c = new RandomTensors().Normal(1, 6, 4, 4);
        var scores = OnnxRun.Once(part, ("c", c))[0];
        Assert.AreEqual(1 / (1 + Math.Exp(-c.Values<float>()[0])), scores.Values<float>()[0], 1e-6);
    }

    [TestMethod]
    public void AProbeRunsAgainWithOtherNumbers()
    {
        var model = SmallHeads.AnchorMajor(3);
        Dictionary<string, Tensor> Feeds(int seed) => new() { ["c"] = new RandomTensors(seed).Normal(1, 6, 4, 4) };
        using var probe = new SubgraphProbe(model, Feeds(1), ["scores", "c"]);
        foreach (var seed in new[] { 1, 2 })
        {
            var (again, once) = (probe.Run(Feeds(seed)), Subgraph.Run(model, Feeds(seed), ["scores", "c"]));
            foreach (var name in new[] { "scores", "c" })
                CollectionAssert.AreEqual(once[name].Data, again[name].Data, $"{name} of {seed}");
        }
        CollectionAssert.AreNotEqual(probe.Run(Feeds(1))["scores"].Data, probe.Run(Feeds(2))["scores"].Data);
    }

    [TestMethod]
    public void ReadsSeveralInnerValuesAtOnce()
    {
        var model = SmallHeads.AnchorMajor(3);
        var values = Subgraph.Run(model, new Dictionary<string,
            Tensor> { ["x0"] = new RandomTensors().Normal(1, 3, 4, 4) }, ["c", "scores"]);
        Assert.AreEqual(new TensorShape(1, 6, 4, 4), values["c"].Shape);
        Assert.AreEqual(new TensorShape(1, 32, 3), values["scores"].Shape);
    }

    [TestMethod]
    public void NamesTheFileThatCannotRun()
    {
        var feeds = new Dictionary<string, Tensor> { ["x0"] = new RandomTensors().Normal(1, 5, 4, 4) };
        var error = Assert.ThrowsExactly<ModelException>(() => Subgraph.Run(SmallHeads.AnchorMajor(3), feeds, ["c"]));
        StringAssert.Contains(error.Message, "(in memory)");
    }
}
