using OnnxGraphs.Graphs;
using OnnxGraphs.Losses;
using OnnxGraphs.Models;
using OnnxGraphs.Ops;
using OnnxGraphs.Optimizers;
using OnnxGraphs.Training;

namespace OnnxGraphs.Tests.Training;

/// <summary>Steps of several shapes on one set of weights, beside runs of one shape each.</summary>
[TestClass]
public class VariantRunTests
{
    private static readonly OnnxModel Model = Network(8);

    // 0, 1, 1, 0, ...: what one shape learnt is where the other goes on, moments included.
    [TestMethod]
    public void StepsInTurnEqualRunsThatHandTheirStateOver()
    {
        using var both = new VariantRun([Step(8), Step(12)], Model);
        using TrainingRun small = new(Step(8), Model), large = new(Step(12), Model);
        var state = small.Save();
        foreach (var (i, variant) in new[] { 0, 1, 1, 0, 1, 0, 0 }.Index())
        {
            var alone = variant == 0 ? small : large;
            alone.Restore(state);
            // Sets belong to the shapes in turn.
            RandomTensors.Fill(both.Input<float>("images", 2 * (i % 2) + variant), i);
            RandomTensors.Fill(alone.Input<float>("images"), i);
            both.Advance(0.01f, 2 * (i % 2) + variant);
            alone.Advance(0.01f);
            state = alone.Save();
            Assert.AreEqual(alone.Term(TrainingGraph.Loss), both.Term(TrainingGraph.Loss));
            Assert.AreEqual(i + 1, both.Steps);
            foreach (var (name, vector) in both.Save().Vectors)
                CollectionAssert.AreEqual(state.Vectors[name], vector, $"{name} after step {i}");
        }
    }

    [TestMethod]
    public void ResumesBitForBit()
    {
        using VariantRun first = new([Step(8), Step(12)], Model), second = new([Step(8), Step(12)], Model);
        Take(first, 0, 3);
        second.Restore(first.Save());
        Take(first, 3, 6);
        Take(second, 3, 6);
        CollectionAssert.AreEqual(first.Read(0), second.Read(0));
    }

    [TestMethod]
    public void RefusesStepsOfOtherWeightsOrOptimisers()
    {
        var frozen = TrainingGraph.Build(Network(12), ["map"], Loss, new AdamW(), new() { Frozen = ["w2"] });
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(
            () => new VariantRun([Step(8), frozen], Model)).Message, "parameters");
        var sgd = TrainingGraph.Build(Network(12), ["map"], Loss, new Sgd());
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(
            () => new VariantRun([Step(8), sgd], Model)).Message, "state of the optimiser");
    }

    private static void Take(VariantRun run, int from, int to)
    {
        for (var i = from; i < to; i++)
        {
            RandomTensors.Fill(run.Input<float>("images", i % 2), i);
            run.Advance(0.01f, i % 2);
        }
    }

    private static TrainingGraph Step(int side) => TrainingGraph.Build(Network(side), ["map"], Loss, new AdamW());

    private static IReadOnlyDictionary<string, Var> Loss(Graph graph, IReadOnlyList<Var> values) =>
        new Dictionary<string, Var> { ["square"] = Op.Reshape(Op.ReduceMean(values[0] * values[0]), 1) };

    // The same weights for pictures of any side.
    private static OnnxModel Network(int side)
    {
        var (graph, random) = (new Graph(), new Random(1));
        Var Weight(string name, params long[] shape) => graph.Constant(name, Tensor.Of<float>(new(shape),
            [.. Enumerable.Range(0, (int)new TensorShape(shape).Size).Select(_ => random.NextSingle() - 0.5f)]));
        var hidden = Op.Relu(Op.Conv(graph.Input("images", 2, 3, side, side), Weight("w1", 4, 3, 3, 3)));
        graph.Output("map", Op.Conv(hidden, Weight("w2", 2, 4, 3, 3)));
        return GraphWriter.Write(graph, "network");
    }
}
