using System.Text.Json.Nodes;
using OnnxGraphs.Graphs;
using OnnxGraphs.Losses;
using OnnxGraphs.Models;
using OnnxGraphs.Optimizers;
using OnnxGraphs.Precision;
using OnnxGraphs.Tests.Precision;
using OnnxGraphs.Training;

namespace OnnxGraphs.Tests.Training;

/// <summary>
/// The gradient of every parameter of SSDLite-MobileNetV3 against PyTorch in float64 (reference group 14).
/// </summary>
[TestClass]
public class WholeModelGradientTests
{
    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void GradientsOfSsdliteFollowFloat64(bool fold)
    {
        var reference = Reference;
        using var run = Start(fold, StepPrecision.Float32);
        var before = run.Read(0);
        Assert.AreEqual((double)reference["total_float64"]!, run.Step(1f), 1e-4);
        Assert.AreEqual((double)reference["loss_float64"]!["classification"]!, run.Term("classification"), 1e-4);
        var after = run.Read(0);
        Compare(reference["parameters"]!.AsArray(), run.Graph.Layout, before, after);
    }

    // How far this net's gradient turns where its weights alone are rounded to the type (1 - cosine 2.0e-3 and 2.8e-2):
    // activations cross the bends of its units. A step in the type turns it no further than that order.
    [TestMethod]
    [DataRow(StepPrecision.Float16, ElementType.Float16)]
    [DataRow(StepPrecision.BFloat16, ElementType.BFloat16)]
    public void GradientsOfSsdliteIn16BitsFollowFloat32(StepPrecision precision, ElementType type)
    {
        // All negatives: which ones are hardest is a matter of the last digits here.
        using var exact = Start(fold: true, StepPrecision.Float32, negatives: 1e4f);
        using var rounded = Start(fold: true, StepPrecision.Float32, negatives: 1e4f);
        using var mixed = Start(fold: true, precision, negatives: 1e4f);
        var state = rounded.Save();
        var weights = FloatTensors.FromFloat32(new(state.Layout.Size), rounded.Read(0), type).ToFloat32();
        rounded.Restore(state with
        {
            Vectors = new Dictionary<string, float[]> { [TrainingGraph.Parameters] = [.. weights.Values<float>()] },
        });
        var gradient = Gradient(exact);
        var (turn, _) = MixedPrecisionTests.Difference(gradient, Gradient(rounded));
        MixedPrecisionTests.AssertClose(gradient, Gradient(mixed), 3 * turn, 0.03);
    }

    private static float[] Gradient(TrainingRun run)
    {
        var before = run.Read(0);
        run.Step(1f);
        return [.. before.Zip(run.Read(0), (old, now) => old - now)];
    }

    private static JsonNode Reference => JsonNode.Parse(File.ReadAllText("References/14_ssdlite/gradients.json"))!;

    // Plain SGD with a learning rate of 1: old minus new parameters are the gradient.
    private static TrainingRun Start(bool fold, StepPrecision precision, float negatives = 3)
    {
        var model = OnnxModel.Load(SharedFolder.Require("models", "ssdlite320_mobilenet_v3_large_c4.onnx"));
        var images = BinaryFile.Pixels(SharedFolder.Require("reference", "14_ssdlite", "images.u8.bin"), 1 / 128f, -1);
        var anchors = BinaryFile.Floats(SharedFolder.Require("models", "ssdlite320_mobilenet_v3_large_c4_anchors.bin"));
        var graph = TrainingGraph.Build(model, ["cls_logits", "bbox_regression"],
            (inputs, heads) => Loss(inputs, heads, negatives), new Sgd(0f), new()
        {
            FoldBatchNormalization = fold, Precision = precision, LossScaling = new(1024),
            InputShapes = new Dictionary<string, TensorShape> { ["images"] = new(2, 3, 320, 320) },
        });
        var run = precision == StepPrecision.Float32 ? new TrainingRun(graph, model) : RoundedModel.Start(graph, model);
        images.CopyTo(run.Input<float>("images"));
        Encode(Reference, anchors, run.Input<long>("classes"), run.Input<float>("boxes"));
        return run;
    }

    private static IReadOnlyDictionary<string, Var> Loss(Graph graph, IReadOnlyList<Var> heads, float negatives)
    {
        var targets = new DetectionTargets(
            graph.Input("classes", ElementType.Int64, new(2, 3234)), graph.Input("boxes", 2, 3234, 4));
        return new MultiBoxLoss { NegativeRatio = negatives }.Terms(targets, heads[0], heads[1]);
    }

    // Matched anchors and truths are given; boxes in the code (10, 10, 5, 5).
    private static void Encode(JsonNode reference, float[] anchors, Span<long> classes, Span<float> boxes)
    {
        classes.Fill(-1);
        for (var image = 0; image < 2; image++)
        {
            var target = reference["targets"]![image]!;
            foreach (var pair in reference["positive_anchors"]![image]!.AsArray())
            {
                var (anchor, truth) = ((int)pair![0]!, (int)pair[1]!);
                var at = image * 3234 + anchor;
                // Class k of the reference stands on channel k; channel 0 is background.
                classes[at] = (int)target["labels"]![truth]! - 1;
                var box = target["boxes_xyxy"]![truth]!.AsArray().Select(v => (double)v!).ToArray();
                var a = anchors.AsSpan(4 * anchor, 4);
                var (w, h) = ((double)a[2] - a[0], (double)a[3] - a[1]);
                boxes[4 * at] = (float)(10 * ((box[0] + box[2]) / 2 - (a[0] + w / 2)) / w);
                boxes[4 * at + 1] = (float)(10 * ((box[1] + box[3]) / 2 - (a[1] + h / 2)) / h);
                boxes[4 * at + 2] = (float)(5 * Math.Log((box[2] - box[0]) / w));
                boxes[4 * at + 3] = (float)(5 * Math.Log((box[3] - box[1]) / h));
            }
        }
    }

    // PyTorch's own float32 norms deviate from float64 by up to 8.1e-4 (in the reference:
    // worst_relative_norm_deviation_float32_vs_float64).
    private static void Compare(JsonArray parameters, ParameterLayout layout, float[] before, float[] after)
    {
        Assert.HasCount(parameters.Count, layout.Entries);
        foreach (var parameter in parameters)
        {
            var entry = layout.Entries.Single(e => e.Name == (string)parameter!["name"]!);
            var gradient = Enumerable.Range((int)entry.Offset, (int)entry.Shape.Size)
                .Select(i => (double)before[i] - after[i]).ToList();
            var norm = (double)parameter!["grad_l2"]!;
            Assert.AreEqual(norm, Math.Sqrt(gradient.Sum(g => g * g)), 1.5e-3 * norm + 1e-5, entry.Name);
            Assert.AreEqual((double)parameter["grad_abs_max"]!, gradient.Max(Math.Abs), 2e-3 * norm + 1e-5, entry.Name);
            Assert.AreEqual((double)parameter["grad_sum"]!, gradient.Sum(),
                2e-3 * norm * Math.Sqrt(gradient.Count) + 1e-5, entry.Name);
        }
    }
}
