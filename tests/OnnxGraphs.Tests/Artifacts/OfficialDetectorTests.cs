using OnnxGraphs.Artifacts;
using OnnxGraphs.Graphs;
using OnnxGraphs.Losses;
using OnnxGraphs.Models;
using OnnxGraphs.Ops;
using OnnxGraphs.Optimizers;
using OnnxGraphs.Surgery;
using OnnxGraphs.Training;

namespace OnnxGraphs.Tests.Artifacts;

/// <summary>
/// Real detectors with MultiBox loss in the official training runtime, against this library's own step.
/// </summary>
[TestClass]
public sealed class OfficialDetectorTests
{
    private const int Steps = 6;

    // The runtime's learning rate is fixed here: with these, steps are as small as in fine-tuning, and AdamW does not
    // divide the smallest gradients by themselves. Otherwise rounding alone would tell the runs apart.
    private const float LossWeight = 0.05f, Epsilon = 0.1f;
    private readonly string _folder = Directory.CreateTempSubdirectory("artifacts-").FullName;

    public TestContext TestContext { get; set; } = null!;

    [TestCleanup]
    public void Remove() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    [DataRow(false, GradientKernels.Standard, false)]
    [DataRow(true, GradientKernels.TrainingRuntime, true)]
    public void UltraFaceFollowsOurRun(bool adam, GradientKernels kernels, bool together)
    {
        var model = OnnxModel.Load(SharedFolder.Require("models", "ultraface", "version-RFB-320.onnx"));
        var pixels = SharedFolder.Require("models", "ultraface", "parity_input.u8.bin");
        Follow(model, ["scores", "boxes"], Image(pixels, -127 / 128f, new(1, 3, 240, 320)), adam, kernels, together);
    }

    [TestMethod]
    [DataRow(false, GradientKernels.Standard)]
    [DataRow(true, GradientKernels.TrainingRuntime)]
    public void SsdliteFollowsOurSteps(bool adam, GradientKernels kernels)
    {
        var model = OnnxModel.Load(SharedFolder.Require("models", "ssdlite320_mobilenet_v3_large_c4.onnx"));
        var pixels = SharedFolder.Require("models", "ssdlite320_mobilenet_v3_large_c4_input.u8.bin");
        Follow(model, ["cls_logits", "bbox_regression"], Image(pixels, -1, new(1, 3, 320, 320)), adam, kernels,
            together: true);
    }

    // Together: each step starts from equal weights. Left alone, the weights of SSDLite drift apart by rounding: a
    // difference of 1e-7 was seen to grow fortyfold in a step.
    private void Follow(
        OnnxModel model, string[] outputs, Tensor image, bool adam, GradientKernels kernels, bool together)
    {
        string[] heads = [.. outputs.Select(output => HeadCut.Find(model, output))];
        Optimizer optimizer = adam ? new AdamW(Epsilon: Epsilon) { WeightDecay = 1e-4f } : new Sgd(0);
        var input = model.Inputs[0].Name;
        var shapes = new Dictionary<string, TensorShape> { [input] = image.Shape };
        var graph = new TrainingGraphOptions { InputShapes = shapes };
        using var own = new TrainingRun(TrainingGraph.Build(model, heads, Loss, optimizer, graph), model);
        var artifacts = TrainingArtifacts.Write(
            model, heads, Loss, optimizer, _folder, new() { Graph = graph, Kernels = kernels });
        var (official, start, losses) = (new OfficialRuntime(artifacts), own.Read(0), new List<float>());
        var found = Heads(model, heads, input, image);
        image.Values<float>().CopyTo(own.Input<float>(input));
        for (var step = 0; step < Steps; step++)
        {
            Targets(step, found, own.Input<long>("classes"), own.Input<float>("boxes"));
            if (together && step > 0)
                official.Load(own.Read(0));
            official.Step("train", [.. artifacts.Data.Select(data => Copy(own, data))]);
            official.Command("update");
            official.Command("reset");
            losses.Add(own.Step(OfficialRuntime.LearningRate));
        }
        official.Command("weights");
        var results = official.Run();
        var theirs = results.Where(result => result.ContainsKey(TrainingGraph.Loss));
        Compare("losses differ", losses, [.. theirs.Select(result => result[TrainingGraph.Loss][0])]);
        Compare("weights differ", own.Read(0), results[^1]["weights"]);
        Assert.IsGreaterThan(1e-4f, Difference(own.Read(0), start));
    }

    private static IReadOnlyDictionary<string, Var> Loss(Graph graph, IReadOnlyList<Var> heads)
    {
        var (images, anchors) = (heads[0].Shape[0], heads[0].Shape[1]);
        var targets = new DetectionTargets(
            graph.Input("classes", ElementType.Int64, new(images, anchors)), graph.Input("boxes", images, anchors, 4));
        return new MultiBoxLoss().Terms(targets, heads[0], heads[1])
            .ToDictionary(term => term.Key, term => LossWeight * term.Value);
    }

    private static Tensor Image(string path, float offset, TensorShape shape) =>
        Tensor.Of<float>(shape, BinaryFile.Pixels(path, 1 / 128f, offset).AsSpan(0, (int)shape.Size));

    // The twelve anchors that the detector is surest of, with boxes a little off.
    private static void Targets(int step, IReadOnlyList<Tensor> found, Span<long> classes, Span<float> boxes)
    {
        var (random, columns) = (new Random(step), (int)found[0].Shape[2]);
        var logits = found[0].Values<float>().ToArray().Chunk(columns).ToArray();
        var best = logits.Select(row => row[1..].Max() - row[0]).ToArray();
        classes.Fill(-1);
        foreach (var anchor in Enumerable.Range(0, best.Length).OrderByDescending(i => best[i]).Take(12))
            classes[anchor] = Array.IndexOf(logits[anchor], logits[anchor][1..].Max(), 1) - 1;
        found[1].Values<float>().CopyTo(boxes);
        foreach (ref var number in boxes)
            number += 0.2f * (random.NextSingle() - 0.5f);
    }

    private static Tensor[] Heads(OnnxModel model, string[] heads, string input, Tensor image)
    {
        var graph = new Graph();
        graph.Input(input, image.Type, image.Shape);
        return OnnxRun.Once(GraphWriter.Write(GraphReader.Read(model, graph, heads)), (input, image));
    }

    private static Tensor Copy(TrainingRun run, Var data) => data.Type == ElementType.Int64
        ? Tensor.Of<long>(data.Shape, run.Input<long>(data.Name))
        : Tensor.Of<float>(data.Shape, run.Input<float>(data.Name));

    private void Compare(string what, IReadOnlyList<float> own, IReadOnlyList<float> official)
    {
        var worst = Difference(own, official);
        TestContext.WriteLine($"{what} by at most {worst:g3}");
        Assert.IsLessThanOrEqualTo(1e-5f, worst, what);
    }

    private static float Difference(IReadOnlyList<float> a, IReadOnlyList<float> b)
    {
        Assert.HasCount(a.Count, b);
        return a.Zip(b, (x, y) => Math.Abs(x - y)).Max();
    }
}
