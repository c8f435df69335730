using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Ops;
using OnnxGraphs.Optimizers;
using OnnxGraphs.Training;
using static OnnxGraphs.Tests.HandMade;

namespace OnnxGraphs.Tests.Training;

/// <summary>What a training step refuses, and what it says then.</summary>
[TestClass]
public sealed class TrainingRunErrorTests
{
    private static readonly Tensor Weights = Tensor.Of<float>(new(2, 2), [1, 2, 3, 4]);

    [TestMethod]
    public void NamesUnknownInputsAndTerms()
    {
        using var run = Start(Linear());
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => run.Input<float>("images")).Message,
            "it has x0");
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => run.Term("boxes")).Message,
            "it has square");
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => run.Term(TrainingGraph.StepNumber)).Message,
            "it has square");
    }

    // y = x w, L = sum y^2 with x = (1, 1): dL/dw = 2 y in every row.
    [TestMethod]
    public void TakesThePlainStep()
    {
        using var run = Start(Linear());
        run.Input<float>("x0").Fill(1);
        Assert.AreEqual(52f, run.Step(0.125f));
        Assert.AreEqual(52f, run.Term("square"));
        CollectionAssert.AreEqual(new[] { 0f, 0.5f, 2f, 2.5f }, run.Read(0));
        Assert.AreEqual(1, run.Steps);
    }

    [TestMethod]
    public void RefusesACheckpointOfAnotherModelAndStaysAsItWas()
    {
        using var run = Start(Linear());
        var other = new Checkpoint(3, new([new("other", new(2, 2), 0)]), run.Save().Vectors);
        StringAssert.Contains(Assert.ThrowsExactly<ModelException>(() => run.Restore(other)).Message,
            "resume with the same model");
        var cut = run.Save() with { Vectors = new Dictionary<string,
            float[]> { [TrainingGraph.Parameters] = [1, 2, 3] } };
        StringAssert.Contains(Assert.ThrowsExactly<ModelException>(() => run.Restore(cut)).Message,
            "has 3 numbers, expected 4");
        CollectionAssert.AreEqual(Weights.Values<float>().ToArray(), run.Read(0));
        Assert.AreEqual(0, run.Steps);
    }

    [TestMethod]
    public void NamesAnUnknownHead()
    {
        var error = Assert.ThrowsExactly<ModelException>(
            () => TrainingGraph.Build(Linear(), ["yy"], Square, new Sgd(0)));
        StringAssert.Contains(error.Message, "'yy'");
        StringAssert.Contains(error.Message, "'y'");
    }

    [TestMethod]
    public void NamesAnOperatorThatCannotBeTrained()
    {
        var model = Model(17, [Tensor.Filled(new(1, 2), 1)],
            [Node("MatMul", ["x0", "w"], ["m"]), Node("Det", ["square"], ["y"]),
                Node("Unsqueeze", ["m", "zero"], ["square"])],
            ("w", Weights), ("zero", Tensor.Vector<long>(0)));
        var error = Assert.ThrowsExactly<ModelException>(() => TrainingGraph.Build(model, ["y"], Square, new Sgd(0)));
        StringAssert.Contains(error.Message, "Det");
    }

    [TestMethod]
    public void ScattersParametersBackIntoTheFile()
    {
        var model = Linear();
        using var run = Start(model);
        run.Input<float>("x0").Fill(1);
        run.Step(0.125f);
        var tuned = run.Graph.Layout.Scatter(run.Read(0), model);
        CollectionAssert.AreEqual(run.Read(0), tuned.Initializers["w"].ToTensor().Values<float>().ToArray());
        CollectionAssert.AreEqual(Weights.Data, model.Initializers["w"].ToTensor().Data, "the original changed");
        CollectionAssert.AreEqual(run.Read(0), run.Graph.Layout.Gather(tuned));
    }

    private static OnnxModel Linear() =>
        Model(17, [Tensor.Filled(new(1, 2), 1)], [Node("MatMul", ["x0", "w"], ["y"])], ("w", Weights));

    private static TrainingRun Start(OnnxModel model) =>
        new(TrainingGraph.Build(model, ["y"], Square, new Sgd(0)), model);

    private static IReadOnlyDictionary<string, Var> Square(Graph graph, IReadOnlyList<Var> heads) =>
        new Dictionary<string, Var> { ["square"] = Op.ReduceSum(heads[0] * heads[0]) };
}
