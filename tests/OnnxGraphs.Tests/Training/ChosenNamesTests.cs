using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Ops;
using OnnxGraphs.Optimizers;
using OnnxGraphs.Training;

namespace OnnxGraphs.Tests.Training;

/// <summary>A model written by this library has names that a graph would choose itself: they must stay apart.</summary>
[TestClass]
public class ChosenNamesTests
{
    [TestMethod]
    public void TheStepComputesWhatTheModelComputes()
    {
        var model = Model();
        CollectionAssert.Contains(model.ValueNames.ToList(), "constant_0");
        var graph = TrainingGraph.Build(
            model, ["y"], (_, heads) => new Dictionary<string, Var> { ["sum"] = Op.SumAll(heads[0]) }, new Sgd());
        using var run = new TrainingRun(graph, model);
        ((float[])[1, 2, 3, 4, 5, 6]).CopyTo(run.Input<float>("x"));
        Assert.AreEqual(1 * 1 + 2 * 2 + 3 * 3 + 4 * 1 + 5 * 2 + 6 * 3f, run.Step(0.1f));
        // The gradient of each weight is the sum of its column of x.
        CollectionAssert.AreEqual(new[] { 1 - 0.5f, 2 - 0.7f, 3 - 0.9f }, run.Read(0));
    }

    [TestMethod]
    public void AGraphChoosesNoReservedName()
    {
        var graph = new Graph();
        graph.Reserve(["constant_0"]);
        Assert.AreEqual("constant_1", graph.Constant(7).Name);
    }

    private static OnnxModel Model()
    {
        var graph = new Graph();
        var x = graph.Input("x", 6);
        var weights = graph.Constant("w", Tensor.Of<float>(new(3, 1), [1, 2, 3]));
        graph.Output("y", Op.MatMul(Op.Reshape(x, new TensorShape(2, 3)), weights));
        return GraphWriter.Write(graph);
    }
}
