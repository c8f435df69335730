using OnnxGraphs.Graphs;
using OnnxGraphs.Losses;
using OnnxGraphs.Models;
using OnnxGraphs.Ops;
using OnnxGraphs.Optimizers;
using OnnxGraphs.Training;

namespace OnnxGraphs.Tests.Training;

/// <summary>
/// A step that shows its predictions before it is told the targets, beside the same step in one piece.
/// </summary>
[TestClass]
public class StepHalvesTests
{
    private const string Folder = "References/13_training";

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void BothHalvesTogetherAreTheStep(bool fold)
    {
        using var whole = Start(predictions: false, fold);
        using var halves = Start(predictions: true, fold);
        Fill(whole);
        // What the second half reads of the old parameters it reads before it writes over them.
        Assert.IsTrue(halves.UpdatesInPlace, "two sets of vectors where one would do");
        for (var step = 0; step < 3; step++)
        {
            halves.Input<float>("y_true").Clear();
            var seen = halves.Predict()["seen"].GetTensorDataAsSpan<float>().ToArray();
            Assert.AreEqual(2 * 128 * 3, seen.Length);
            Assert.IsTrue(seen.Any(x => x != 0));
            Fill(halves);
            Assert.AreEqual(whole.Step(0.01f), halves.Step(0.01f), 1e-5f, $"loss of step {step}");
            var (a, b) = (whole.Read(0), halves.Read(0));
            for (var i = 0; i < a.Length; i++)
                Assert.AreEqual(a[i], b[i], 1e-6f, $"parameter {i} after step {step}");
        }
    }

    [TestMethod]
    public void AStepRunsItsForwardHalfWhereNobodyAsked()
    {
        using var asked = Start(predictions: true, fold: true);
        using var direct = Start(predictions: true, fold: true);
        Fill(asked);
        Fill(direct);
        for (var step = 0; step < 2; step++)
        {
            asked.Predict();
            Assert.AreEqual(asked.Step(0.01f), direct.Step(0.01f));
        }
    }

    [TestMethod]
    public void NoConvolutionIsComputedTwice()
    {
        var graph = Build(predictions: true, fold: true);
        int Count(OnnxModel model) => model.Proto.Graph.Node.Count(node => node.OpType.StartsWith("Conv"));
        Assert.AreEqual(Count(graph.Step), Count(graph.Halves!.Forward) + Count(graph.Halves.Rest));
        Assert.IsTrue(graph.Halves.Kept.All(value => value.Shape[0] == 2), "activations of the batch, no parameters");
    }

    [TestMethod]
    public void AStepWithoutPredictionsSaysSo()
    {
        using var whole = Start(predictions: false, fold: true);
        var error = Assert.ThrowsExactly<InvalidOperationException>(() => whole.Predict());
        StringAssert.Contains(error.Message, "declare them as outputs");
    }

    private static OnnxModel Model => OnnxModel.Load(Path.Combine(Folder, "tiny_retinanet.onnx"));

    private static TrainingGraph Build(bool predictions, bool fold) => TrainingGraph.Build(
        Model, ["cls_logits", "bbox_regression"], (graph, heads) =>
        {
            if (predictions)
                graph.Output("seen", heads[0]);
            var target = graph.Input("y_true", 2, 128, 5);
            var loss = new RetinaNetLoss().Of(Op.Concat([heads[1], heads[0]], 2), target);
            return new Dictionary<string, Var> { ["retinanet"] = loss };
        },
        new Sgd(0.9f), new()
        {
            FoldBatchNormalization = fold,
            InputShapes = new Dictionary<string, TensorShape> { ["images"] = new(2, 3, 32, 32) },
        });

    private static TrainingRun Start(bool predictions, bool fold)
    {
        var run = new TrainingRun(Build(predictions, fold), Model);
        BinaryFile.Pixels(Path.Combine(Folder, "images.u8.bin"), 1 / 64f, -2).CopyTo(run.Input<float>("images"));
        return run;
    }

    private static void Fill(TrainingRun run) =>
        BinaryFile.Floats(Path.Combine(Folder, "y_true.bin")).CopyTo(run.Input<float>("y_true"));
}
