using Microsoft.ML;
using MLNet.Detection.Builtin;
using MLNet.Detection.Data;
using MLNet.Detection.Images;
using MLNet.Detection.Quantization;
using MLNet.Detection.Segmentation;
using MLNet.Detection.Tests.Data;
using MLNet.Detection.Training;
using OnnxGraphs.Models;

namespace MLNet.Detection.Tests.Quantization;

/// <summary>Segmentation networks in whole numbers: what they say of pixels, tiled ones too, and how they are repaired.</summary>
[TestClass]
public sealed class SegmenterQuantizerTests
{
    private static readonly MLContext Ml = new(1);

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void Pixels_keep_their_classes(bool tiled)
    {
        using var folder = new TemporaryFolder();
        var (model, pictures) = Tuned(folder, tiled);
        using var quantizer = new SegmenterQuantizer(model);
        quantizer.Observe(pictures);
        Assert.AreEqual(pictures.Count, quantizer.Pictures);
        var path = folder.File("whole.onnx");
        quantizer.Quantize().Save(path);
        var whole = SegmenterModel.Load(path);
        Assert.IsTrue(whole.Model.Proto.Graph.Node.Any(node => node.OpType == "QuantizeLinear"));
        CollectionAssert.AreEqual(model.Model.OutputNames.ToArray(), whole.Model.OutputNames.ToArray());
        Assert.IsGreaterThan(0.97, Agreement(model, whole, pictures));
    }

    [TestMethod]
    public void A_repair_follows_the_floats()
    {
        using var folder = new TemporaryFolder();
        var (model, pictures) = Tuned(folder, tiled: false);
        // One scale for each weight, from half of the numbers: enough to be wrong.
        using var quantizer = new SegmenterQuantizer(model, new() { PerChannel = false, ReducedWeights = true });
        quantizer.Observe(pictures);
        var whole = quantizer.Quantize();
        var losses = new List<float>();
        var repaired = Ml.Detection().FineTuneSegmenter(new()
        {
            Segmenter = whole, Teacher = new(model) { Weight = 10 }, LearnRanges = true, Epochs = 6, BatchSize = 4,
            LearningRate = 1e-3f, WarmUpEpochs = 0, MetricsCallback = epoch => losses.Add(epoch.Terms["teacher_map"]),
        }).Train(Data(folder, "train")).Segmenter;
        Assert.IsLessThan(0.8 * losses[0], losses[^1]);
        Assert.IsFalse(LearntNames(repaired.Model).Any(), "the file has scales, not factors");

        static IEnumerable<string> LearntNames(OnnxModel model) => OnnxGraphs.Quantization.LearntRanges.Of(model);
    }

    private static (SegmenterModel Model, IReadOnlyList<RgbImage> Pictures) Tuned(TemporaryFolder folder, bool tiled)
    {
        ShapesGenerator.Write(folder.File("shapes"),
            new() { Width = 48, Height = 40, Train = 12, Val = 0, Test = 4, MaxShapes = 3, Masks = true });
        var unet = new SmallUNet
        {
            Classes = [.. ShapesGenerator.Categories.Select(category => category.Name)], Width = tiled ? 32 : 48, Height = tiled ? 32 : 40,
            FirstChannels = 6, Tiling = tiled ? new(0.25) : null,
        }.Build();
        var tuned = Ml.Detection().FineTuneSegmenter(new()
        {
            Segmenter = unet, Epochs = 4, BatchSize = 4, LearningRate = 5e-3f, Seed = 2,
        }).Train(Data(folder, "train")).Segmenter;
        using var decoder = new ImageDecoder();
        return (tuned, [.. Data(folder, "test").Dataset.Images.Select(image => decoder.Decode(File.ReadAllBytes(image.Path), image.Path))]);
    }

    private static DetectionDataView Data(TemporaryFolder folder, string part) =>
        Ml.Detection().LoadMasks(folder.File("shapes"), new() { Split = part });

    private static double Agreement(SegmenterModel first, SegmenterModel second, IReadOnlyList<RgbImage> pictures)
    {
        using var floats = new Segmenter(first);
        using var whole = new Segmenter(second);
        var (equal, all) = (0, 0);
        foreach (var (a, b) in floats.Segment(pictures).Zip(whole.Segment(pictures)))
        {
            equal += a.Labels.Classes.Zip(b.Labels.Classes, (x, y) => x == y ? 1 : 0).Sum();
            all += a.Labels.Classes.Length;
        }
        return (double)equal / all;
    }
}
