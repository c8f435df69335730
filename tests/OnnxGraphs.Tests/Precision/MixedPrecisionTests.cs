using OnnxGraphs.Graphs;
using OnnxGraphs.Losses;
using OnnxGraphs.Models;
using OnnxGraphs.Ops;
using OnnxGraphs.Optimizers;
using OnnxGraphs.Precision;
using OnnxGraphs.Training;

namespace OnnxGraphs.Tests.Precision;

/// <summary>Steps in 16 bits beside the same steps in float32.</summary>
[TestClass]
public sealed class MixedPrecisionTests
{
    private const string Folder = "References/13_training";

    /// <summary>The last file of each family.</summary>
    public static IEnumerable<string> Files =>
        ExportedModelTests.Files.GroupBy(file => file[..file.LastIndexOf('_')]).Select(family => family.Last());

    [TestMethod]
    [DynamicData(nameof(Files))]
    public void GradientsFollowFloat32(string file)
    {
        var exact = ExportedStep.Gradient(file, StepPrecision.Float32);
        // Worst of the families: a ResNet of random weights, whose activations stand at the bends of its ReLUs.
        AssertClose(exact, ExportedStep.Gradient(file, StepPrecision.Float16, rounded: true), 2e-4, 2e-3);
        AssertClose(exact, ExportedStep.Gradient(file, StepPrecision.Float16), 2e-4, 2e-3);
        AssertClose(exact, ExportedStep.Gradient(file, StepPrecision.BFloat16, rounded: true), 1e-3, 1e-2);
    }

    [TestMethod]
    [DataRow(StepPrecision.Float16, "sgd", 2e-3)]
    [DataRow(StepPrecision.Float16, "adamw", 2e-3)]
    [DataRow(StepPrecision.BFloat16, "sgd", 2e-2)]
    [DataRow(StepPrecision.BFloat16, "adamw", 2e-2)]
    public void FiveStepsFollowFloat32(StepPrecision precision, string optimizer, double tolerance)
    {
        using var exact = Start(Build(StepPrecision.Float32, optimizer), rounded: false);
        using var mixed = Start(Build(precision, optimizer), rounded: true);
        for (var step = 0; step < 5; step++)
        {
            var rate = optimizer == "sgd" ? 0.01f : 1e-3f;
            var loss = exact.Step(rate);
            Assert.AreEqual(loss, mixed.Step(rate), tolerance * loss, $"loss of step {step}");
        }
        // The way that the weights went.
        var start = exact.Graph.Layout.Gather(Model);
        AssertClose([.. exact.Read(0).Zip(start, (a, b) => a - b)], [.. mixed.Read(0).Zip(start, (a, b) => a - b)],
            optimizer == "sgd" ? 10 * tolerance : 50 * tolerance, 10 * tolerance);
    }

    [TestMethod]
    [DataRow("retinanet_16.onnx")]
    [DataRow("ssdlite_11.onnx")]
    [DataRow("yolox_16.onnx")]
    [DataRow("swin_16.onnx")]
    [DataRow("detr_12.onnx")]
    public void AllThatIsHeavyIsNarrow(string file)
    {
        string[] heavy = ["Conv", "ConvTranspose", "MatMul", "Gemm", "Einsum"];
        foreach (var (precision, type) in new[]
            { (StepPrecision.Float16, ElementType.Float16), (StepPrecision.BFloat16, ElementType.BFloat16) })
        {
            var wide = TypedNodes.Of(ExportedStep.Of(file, precision).Step)
                .Where(node => heavy.Contains(node.Node.OpType) && node.Type != type)
                .Select(node => node.Node.OpType).Distinct();
            // CUDA has no kernels of these two for bfloat16.
            Assert.AreEqual("", string.Join(", ", precision == StepPrecision.Float16 ? wide
                : wide.Except(["ConvTranspose", "Einsum"])), $"{precision}");
        }
    }

    [TestMethod]
    [DynamicData(nameof(Files))]
    public void NoCastUndoesAnother(string file)
    {
        var model = ExportedStep.Of(file, StepPrecision.Float16).Step;
        var (types, producers) = (TypedNodes.Types(model), model.Producers);
        var casts = model.Proto.Graph.Node.Where(node => node.OpType == "Cast").ToList();
        Assert.IsFalse(casts.Any(cast => types[cast.Output[0]].IsFloat()
            && producers.TryGetValue(cast.Input[0], out var before) && before.OpType == "Cast"
            && types[before.Input[0]] == types[cast.Output[0]]));
        // Each value is cast once, and the weights that a heavy node reads as they are stored in one piece.
        Assert.HasCount(casts.Count, casts.DistinctBy(cast => (cast.Input[0], types[cast.Output[0]])));
        var stored = model.Proto.Graph.Node.Where(node => node.OpType == "Split"
            && producers.GetValueOrDefault(node.Input[0]) is { OpType: "Cast" } cast
            && cast.Input[0] == TrainingGraph.Parameters);
        Assert.IsLessThanOrEqualTo(1, stored.Count());
    }

    [TestMethod]
    public void WhatACallerSeesStaysAsItWas()
    {
        var (wide, narrow) = (Build(StepPrecision.Float32, "adamw"), Build(StepPrecision.BFloat16, "adamw"));
        static string Seen(OnnxModel model) => string.Join('\n',
            model.Proto.Graph.Input.Concat(model.Proto.Graph.Output).Select(value => value.ToString()));
        Assert.AreEqual(Seen(wide.Step), Seen(narrow.Step));
        CollectionAssert.AreEqual(wide.Vectors.ToArray(), narrow.Vectors.ToArray());
        Assert.AreEqual((18, 22), (wide.Step.Opset, narrow.Step.Opset));
    }

    [TestMethod]
    public void BothHalvesOfAStepAreNarrow()
    {
        var graph = Build(StepPrecision.Float16, "sgd", predictions: true);
        Assert.IsTrue(graph.Halves!.Kept.Any(value => value.Type == ElementType.Float16));
        Assert.IsTrue(graph.Halves.Predictions.All(value => value.Type == ElementType.Float32));
        using var whole = Start(Build(StepPrecision.Float16, "sgd"), rounded: false);
        using var halves = Start(graph, rounded: false);
        for (var step = 0; step < 3; step++)
            Assert.AreEqual(whole.Step(0.01f), halves.Step(0.01f), 1e-3f, $"loss of step {step}");
    }

    private static OnnxModel Model => OnnxModel.Load(Path.Combine(Folder, "tiny_retinanet.onnx"));

    private static TrainingGraph Build(StepPrecision precision, string optimizer, bool predictions = false) =>
        TrainingGraph.Build(Model, ["cls_logits", "bbox_regression"], (graph, heads) =>
        {
            if (predictions)
                graph.Output("seen", heads[0]);
            var loss = new RetinaNetLoss().Of(Op.Concat([heads[1], heads[0]], 2), graph.Input("y_true", 2, 128, 5));
            return new Dictionary<string, Var> { ["retinanet"] = loss };
        },
        optimizer == "sgd" ? new Sgd(0.9f) { WeightDecay = 1e-4f } : new AdamW { WeightDecay = 0.01f }, new()
        {
            // The usual scale skips the first step here.
            Precision = precision, LossScaling = new(1024),
            InputShapes = new Dictionary<string, TensorShape> { ["images"] = new(2, 3, 32, 32) },
        });

    private static TrainingRun Start(TrainingGraph graph, bool rounded)
    {
        var run = rounded ? RoundedModel.Start(graph, Model) : new TrainingRun(graph, Model);
        BinaryFile.Pixels(Path.Combine(Folder, "images.u8.bin"), 1 / 64f, -2).CopyTo(run.Input<float>("images"));
        BinaryFile.Floats(Path.Combine(Folder, "y_true.bin")).CopyTo(run.Input<float>("y_true"));
        return run;
    }

    internal static void AssertClose(float[] expected, float[] found, double angle, double norm)
    {
        var (turn, ratio) = Difference(expected, found);
        Assert.IsLessThan(angle, turn, "1 - cosine");
        Assert.AreEqual(1, ratio, norm, "ratio of norms");
    }

    /// <summary>One minus the cosine of two vectors, and the ratio of their norms.</summary>
    internal static (double Turn, double Ratio) Difference(float[] expected, float[] found)
    {
        double product = 0, a = 0, b = 0;
        foreach (var (x, y) in expected.Zip(found))
            (product, a, b) = (product + (double)x * y, a + (double)x * x, b + (double)y * y);
        return (1 - product / Math.Sqrt(a * b), Math.Sqrt(b / a));
    }
}
