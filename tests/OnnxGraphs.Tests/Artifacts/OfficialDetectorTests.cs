using OnnxGraphs.Artifacts;
using OnnxGraphs.Graphs;
using OnnxGraphs.Losses;
using OnnxGraphs.Models;
using OnnxGraphs.Optimizers;
using OnnxGraphs.Surgery;
using OnnxGraphs.Training;

namespace OnnxGraphs.Tests.Artifacts;

/// <summary>Real detectors with MultiBox loss in the official training runtime, against this library's own step.</summary>
[TestClass]
public sealed class OfficialDetectorTests
{
    private const int Steps = 6;
    private readonly string _folder = Directory.CreateTempSubdirectory("artifacts-").FullName;

    public TestContext TestContext { get; set; } = null!;

    [TestCleanup]
    public void Remove() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    [DataRow(GradientKernels.Standard)]
    [DataRow(GradientKernels.TrainingRuntime)]
    public void UltraFaceFollowsOurStep(GradientKernels kernels)
    {
        var model = OnnxModel.Load(SharedFolder.Require("models", "ultraface", "version-RFB-320.onnx"));
        var pixels = SharedFolder.Require("models", "ultraface", "parity_input.u8.bin");
        Follow(model, ["scores", "boxes"], BinaryFile.Pixels(pixels, 1 / 128f, -127 / 128f), new(1, 3, 240, 320), kernels);
    }

    [TestMethod]
    [DataRow(GradientKernels.Standard)]
    [DataRow(GradientKernels.TrainingRuntime)]
    public void SsdliteFollowsOurStep(GradientKernels kernels)
    {
        var model = OnnxModel.Load(SharedFolder.Require("models", "ssdlite320_mobilenet_v3_large_c4.onnx"));
        var pixels = SharedFolder.Require("models", "ssdlite320_mobilenet_v3_large_c4_input.u8.bin");
        Follow(model, ["cls_logits", "bbox_regression"], BinaryFile.Pixels(pixels, 1 / 128f, -1)[..(3 * 320 * 320)],
            new(1, 3, 320, 320), kernels);
    }

    private void Follow(OnnxModel model, string[] outputs, float[] pixels, TensorShape shape, GradientKernels kernels)
    {
        string[] heads = [.. outputs.Select(output => HeadCut.Find(model, output))];
        var (input, optimizer) = (model.Inputs[0].Name, new AdamW { WeightDecay = 1e-4f });
        var options = new TrainingGraphOptions
        {
            InputShapes = new Dictionary<string, TensorShape> { [input] = shape },
        };
        using var own = new TrainingRun(TrainingGraph.Build(model, heads, Loss, optimizer, options), model);
        var artifacts = TrainingArtifacts.Write(
            model, heads, Loss, optimizer, _folder, new() { Graph = options, Kernels = kernels });
        var (official, before, losses) = (new OfficialRuntime(artifacts), own.Read(0), new List<float>());
        pixels.CopyTo(own.Input<float>(input));
        for (var step = 0; step < Steps; step++)
        {
            Targets(step, own.Input<long>("classes"), own.Input<float>("boxes"));
            official.Step("train", [.. artifacts.Data.Select(data => Copy(own, data))]);
            official.Command("update");
            official.Command("reset");
            losses.Add(own.Step(OfficialRuntime.LearningRate));
        }
        official.Command("weights");
        var results = official.Run();
        Compare("loss", losses, [.. Enumerable.Range(0, Steps).Select(i => results[3 * i][TrainingGraph.Loss][0])]);
        Compare("weight", own.Read(0), results[^1]["weights"]);
        Assert.IsGreaterThan(1e-3f, own.Read(0).Zip(before, (a, b) => Math.Abs(a - b)).Max());
    }

    private static IReadOnlyDictionary<string, Var> Loss(Graph graph, IReadOnlyList<Var> heads)
    {
        var (images, anchors) = (heads[0].Shape[0], heads[0].Shape[1]);
        var targets = new DetectionTargets(
            graph.Input("classes", ElementType.Int64, new(images, anchors)), graph.Input("boxes", images, anchors, 4));
        return new MultiBoxLoss().Terms(targets, heads[0], heads[1]);
    }

    // A handful of positives, the rest background.
    private static void Targets(int step, Span<long> classes, Span<float> boxes)
    {
        var random = new Random(step);
        classes.Fill(-1);
        for (var positive = 0; positive < 12; positive++)
            classes[random.Next(classes.Length)] = 0;
        foreach (ref var number in boxes)
            number = random.NextSingle() - 0.5f;
    }

    private static Tensor Copy(TrainingRun run, Var data) => data.Type == ElementType.Int64
        ? Tensor.Of<long>(data.Shape, run.Input<long>(data.Name)) : Tensor.Of<float>(data.Shape, run.Input<float>(data.Name));

    private void Compare(string what, IReadOnlyList<float> own, IReadOnlyList<float> official)
    {
        Assert.HasCount(own.Count, official);
        var worst = own.Zip(official, (a, b) => Math.Abs(a - b)).Max();
        TestContext.WriteLine($"{what}: differs by at most {worst:g3}");
        Assert.IsLessThanOrEqualTo(1e-5f, worst, what);
    }
}
