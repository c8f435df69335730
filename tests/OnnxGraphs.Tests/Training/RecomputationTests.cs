using OnnxGraphs.Graphs;
using OnnxGraphs.Losses;
using OnnxGraphs.Models;
using OnnxGraphs.Ops;
using OnnxGraphs.Optimizers;
using OnnxGraphs.Training;

namespace OnnxGraphs.Tests.Training;

/// <summary>Steps that compute values of the forward pass again, beside those that hold them.</summary>
[TestClass]
public sealed class RecomputationTests
{
    private const string Folder = "References/13_training";
    private const int Layers = 24;

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void ThreeStepsAreTheSame(bool predictions)
    {
        using TrainingRun plain = Start(predictions, recompute: false), again = Start(predictions, recompute: true);
        for (var step = 0; step < 3; step++)
            Assert.AreEqual(plain.Step(0.01f), again.Step(0.01f), 1e-5f, $"loss of step {step}");
        var (a, b) = (plain.Read(0), again.Read(0));
        for (var i = 0; i < a.Length; i++)
            Assert.AreEqual(a[i], b[i], 1e-6f, $"parameter {i}");
        Assert.IsGreaterThan(Convolutions(plain.Graph), Convolutions(again.Graph), "nothing is computed again");
    }

    // Of n equal layers about 2 sqrt(n) values are held instead of n.
    [TestMethod]
    public void ADeepNetworkHoldsLess()
    {
        var (plain, again) = (Chain(recompute: false), Chain(recompute: true));
        long most = Held(plain), less = Held(again);
        Assert.IsGreaterThan(Layers * 4L * 8 * 32 * 32, most, "every layer is held");
        Assert.IsLessThan(0.6 * most, less);
    }

    [TestMethod]
    public void NothingIsComputedThriceAndNoEntranceAlone()
    {
        var again = Chain(recompute: true);
        var forward = Chain(recompute: false).Step.Proto.Graph.Node.Count(node => node.OpType == "Relu");
        var all = again.Step.Proto.Graph.Node.Count(node => node.OpType == "Relu");
        Assert.IsLessThan(2 * forward, all);
        Assert.IsGreaterThan(forward, all);
    }

    // What the vector of gradients is made of stands directly before it, each part by one Reshape, the last layer's last: so
    // ONNX Runtime computes them as the backward pass goes.
    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void GradientsComeOutAsTheBackwardPassGoes(bool recompute)
    {
        var nodes = Chain(recompute).Step.Proto.Graph.Node;
        var vector = nodes.Index().Last(node => node.Item.OpType == "Concat" && node.Item.Input.Count == 2 * Layers);
        var parts = nodes.Take(vector.Index).TakeLast(2 * Layers).ToList();
        Assert.IsTrue(parts.All(part => part.OpType == "Reshape"));
        CollectionAssert.AreEqual(vector.Item.Input.ToArray(), parts.Select(part => part.Output[0]).ToArray());
        var reshaped = nodes.Where(node => node.OpType == "Reshape").SelectMany(node => node.Output).ToHashSet();
        Assert.IsFalse(parts.Any(part => reshaped.Contains(part.Input[0])), "a Reshape of a Reshape is joined, and moved");
    }

    private static int Convolutions(TrainingGraph graph) =>
        graph.Step.Proto.Graph.Node.Count(node => node.OpType == "Conv");

    // The bytes that are held at most, in the order of the file.
    private static long Held(TrainingGraph step)
    {
        var graph = new Graph();
        GraphReader.Read(step.Step, graph, step.Step.OutputNames);
        var last = graph.Nodes.SelectMany(node => node.Inputs.OfType<Var>().Select(value => (value, node.Index)))
            .GroupBy(read => read.value).ToDictionary(reads => reads.Key, reads => reads.Max(read => read.Index));
        long held = 0, most = 0;
        foreach (var node in graph.Nodes)
        {
            held += node.Outputs.Where(last.ContainsKey).Sum(Bytes);
            most = Math.Max(most, held);
            held -= node.Inputs.OfType<Var>().Distinct().Where(value => value.Node is not null && last[value] == node.Index).Sum(Bytes);
        }
        return most;
    }

    private static long Bytes(Var value) => value.Shape.Size * value.Type.Size();

    private static TrainingGraph Chain(bool recompute)
    {
        var graph = new Graph();
        var value = graph.Input("x", 4, 8, 32, 32);
        var random = new RandomTensors(1);
        for (var layer = 0; layer < Layers; layer++)
            value = Op.Relu(Op.Conv(value, graph.Constant($"w{layer:d2}", random.Uniform(-0.1f, 0.1f, 8, 8, 3, 3)),
                graph.Constant($"b{layer:d2}", random.Uniform(-0.1f, 0.1f, 8)), pad: 1));
        graph.Output("y", value);
        return TrainingGraph.Build(GraphWriter.Write(graph), ["y"],
            (_, heads) => new Dictionary<string, Var> { ["square"] = Op.ReduceMean(heads[0] * heads[0]) }, new Sgd(0),
            new() { Recompute = recompute });
    }

    private static TrainingRun Start(bool predictions, bool recompute)
    {
        var model = OnnxModel.Load(Path.Combine(Folder, "tiny_retinanet.onnx"));
        var run = new TrainingRun(TrainingGraph.Build(model, ["cls_logits", "bbox_regression"], (graph, heads) =>
        {
            if (predictions)
                graph.Output("seen", heads[0]);
            var target = graph.Input("y_true", 2, 128, 5);
            return new Dictionary<string, Var> { ["retinanet"] = new RetinaNetLoss().Of(Op.Concat([heads[1], heads[0]], 2), target) };
        }, new Sgd(0.9f), new()
        {
            Recompute = recompute, InputShapes = new Dictionary<string, TensorShape> { ["images"] = new(2, 3, 32, 32) },
        }), model);
        BinaryFile.Pixels(Path.Combine(Folder, "images.u8.bin"), 1 / 64f, -2).CopyTo(run.Input<float>("images"));
        BinaryFile.Floats(Path.Combine(Folder, "y_true.bin")).CopyTo(run.Input<float>("y_true"));
        return run;
    }
}
