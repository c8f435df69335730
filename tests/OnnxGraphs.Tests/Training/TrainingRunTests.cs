using System.Text.Json.Nodes;
using OnnxGraphs.Graphs;
using OnnxGraphs.Losses;
using OnnxGraphs.Models;
using OnnxGraphs.Ops;
using OnnxGraphs.Optimizers;
using OnnxGraphs.Runtime;
using OnnxGraphs.Training;

namespace OnnxGraphs.Tests.Training;

/// <summary>Five steps of a small RetinaNet against PyTorch (reference group 13).</summary>
[TestClass]
public class TrainingRunTests
{
    private const string Folder = "References/13_training";
    private static readonly JsonNode Manifest =
        JsonNode.Parse(File.ReadAllText(Path.Combine(Folder, "manifest.json")))!;

    [TestMethod]
    [DataRow("sgd", true)]
    [DataRow("sgd", false)]
    [DataRow("adamw", true)]
    [DataRow("adamw", false)]
    public void FollowsPyTorchInEveryParameter(string optimizer, bool fold) =>
        Follow(optimizer, fold, Device.Cpu, tolerance: 1e-5);

    [TestMethod]
    [TestCategory("Cuda")]
    [DataRow("sgd", false)]
    [DataRow("sgd", true)]
    [DataRow("adamw", false)]
    [DataRow("adamw", true)]
    public void FollowsPyTorchOnAGpu(string optimizer, bool capture)
    {
        Gpu.Require();
        Follow(optimizer, fold: true, Gpu.Device with { Tf32 = false, CaptureGraph = capture }, tolerance: 1e-4);
    }

    [TestMethod]
    [TestCategory("Cuda")]
    public void NoNodeOfTheStepIsOnTheProcessor()
    {
        Gpu.Require();
        using var run = Start("adamw", true, Gpu.Device);
        Assert.IsNull(run.Placement);
        run.Step(1e-3f);
        CollectionAssert.AreEqual(new[] { "CUDAExecutionProvider" }, run.Placement!.Counts.Keys.ToArray(),
            $"{run.Placement}");
    }

    private static void Follow(string optimizer, bool fold, Device device, double tolerance)
    {
        using var run = Start(optimizer, fold, device);
        var losses = Manifest["runs"]![optimizer]!["loss_before_step_float64"]!.AsArray();
        var expected = BinaryFile.Floats(Path.Combine(Folder, $"params_{optimizer}.bin"));
        for (var step = 0; step < 5; step++)
        {
            Assert.AreEqual((double)losses[step]!, run.Step(Rate(optimizer)), tolerance, $"loss before step {step}");
            var parameters = run.Read(0);
            var reference = expected[(step * parameters.Length)..];
            foreach (var (name, mine, theirs) in ByName(run.Graph.Layout, parameters, reference))
                Assert.AreEqual(theirs, mine, tolerance, $"{name} after step {step}");
        }
    }

    [TestMethod]
    public void ResumesBitForBit()
    {
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        using var whole = Start("adamw", true);
        for (var step = 0; step < 5; step++)
            whole.Step(1e-3f);
        using (var first = Start("adamw", true))
        {
            for (var step = 0; step < 2; step++)
                first.Step(1e-3f);
            first.Save().Save(path);
        }
        using var second = Start("adamw", true);
        second.Restore(Checkpoint.Load(path));
        for (var step = 2; step < 5; step++)
            second.Step(1e-3f);
        CollectionAssert.AreEqual(whole.Read(0), second.Read(0));
        Assert.AreEqual(5, second.Steps);
        File.Delete(path);
    }

    // ONNX Runtime cuts and adds by the number of threads: on another one a run goes on equal to rounding, no more.
    [TestMethod]
    public void ResumesOnOtherThreadsUpToRounding()
    {
        var saved = Start("sgd", true, Device.Cpu with { Threads = 2 });
        for (var step = 0; step < 2; step++)
            saved.Step(1e-3f);
        var checkpoint = saved.Save();
        float[] Resumed(int threads)
        {
            using var run = Start("sgd", true, Device.Cpu with { Threads = threads });
            run.Restore(checkpoint);
            for (var step = 2; step < 5; step++)
                run.Step(1e-3f);
            return run.Read(0);
        }
        saved.Dispose();
        foreach (var threads in new[] { 1, 2, 8 })
        {
            var first = Resumed(threads);
            CollectionAssert.AreEqual(first, Resumed(threads), $"{threads} threads twice");
            Close.AreEqual(Resumed(2), first, 1e-6f, $"{threads} threads after 2");
        }
    }

    [TestMethod]
    public void RefusesACheckpointOfAnotherOptimizer()
    {
        using var sgd = Start("sgd", true);
        using var adam = Start("adamw", true);
        var error = Assert.ThrowsExactly<ModelException>(() => adam.Restore(sgd.Save()));
        StringAssert.Contains(error.Message, "training/first_moment");
    }

    [TestMethod]
    public void FrozenWeightsAreNotInTheStep()
    {
        var model = OnnxModel.Load(Path.Combine(Folder, "tiny_retinanet.onnx"));
        var graph = TrainingGraph.Build(model, ["cls_logits", "bbox_regression"], Loss, new Sgd(),
            Options(true) with { Frozen = ["*conv*", "bn*"] });
        CollectionAssert.AreEquivalent(new[] { "cls_head.weight", "cls_head.bias", "box_head.weight", "box_head.bias" },
            graph.Layout.Entries.Select(entry => entry.Name).ToArray());
        var error = Assert.ThrowsExactly<ModelException>(() => TrainingGraph.Build(
            model, ["cls_logits"], Loss, new Sgd(), Options(true) with { Frozen = ["backbone.*"] }));
        StringAssert.Contains(error.Message, "'backbone.*'");
    }

    private static TrainingRun Start(string optimizer, bool fold, Device? device = null)
    {
        var model = OnnxModel.Load(Path.Combine(Folder, "tiny_retinanet.onnx"));
        var graph = TrainingGraph.Build(model, ["cls_logits", "bbox_regression"], Loss,
            optimizer == "sgd" ? new Sgd(0.9f) { WeightDecay = 1e-4f } : new AdamW { WeightDecay = 0.01f },
            Options(fold));
        var run = new TrainingRun(graph, model, device);
        BinaryFile.Pixels(Path.Combine(Folder, "images.u8.bin"), 1 / 64f, -2).CopyTo(run.Input<float>("images"));
        BinaryFile.Floats(Path.Combine(Folder, "y_true.bin")).CopyTo(run.Input<float>("y_true"));
        return run;
    }

    // BatchNormalization is not trained in the reference.
    private static TrainingGraphOptions Options(bool fold) => new()
    {
        Frozen = ["bn*"],
        FoldBatchNormalization = fold,
        InputShapes = new Dictionary<string, TensorShape> { ["images"] = new(2, 3, 32, 32) },
    };

    private static Dictionary<string, Var> Loss(Graph graph, IReadOnlyList<Var> heads)
    {
        var target = graph.Input("y_true", 2, 128, 5);
        return new() { ["retinanet"] = new RetinaNetLoss().Of(Op.Concat([heads[1], heads[0]], 2), target) };
    }

    private static float Rate(string optimizer) => (float)Manifest["runs"]![optimizer]!["options"]!["lr"]!;

    private static IEnumerable<(string, float, float)> ByName(ParameterLayout layout, float[] mine, float[] theirs)
    {
        foreach (var entry in Manifest["trainable_layout"]!.AsArray())
        {
            var own = layout.Entries.Single(e => e.Name == (string)entry!["name"]!);
            for (var i = 0; i < own.Shape.Size; i++)
                yield return ($"{own.Name}[{i}]", mine[own.Offset + i], theirs[(int)entry!["offset"]! + i]);
        }
    }
}
