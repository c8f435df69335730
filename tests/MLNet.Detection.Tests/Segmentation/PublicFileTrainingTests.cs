using Microsoft.ML;
using MLNet.Detection.Data;
using MLNet.Detection.Images;
using MLNet.Detection.Inspection;
using MLNet.Detection.Segmentation;
using MLNet.Detection.Tests.Data;
using MLNet.Detection.Training;
using OnnxGraphs.Models;

namespace MLNet.Detection.Tests.Segmentation;

/// <summary>Public files of five families: looked over, trained with four classes, saved and loaded.</summary>
[TestClass]
public class PublicFileTrainingTests
{
    [TestMethod]
    [DataRow("dbnet_chineseocr_lite", 96, 64, "1 channels, the picture's size; Sigmoid follows")]
    [DataRow("unet_sed_gen", 224, 224, "1 channels, the picture's size; no activation follows, taken for the scores of a Sigmoid")]
    [DataRow("pphumanseg_chernobyl", 96, 64, "2 channels, the picture's size; Softmax follows")]
    [DataRow("deeplabv3_mnv2_257", 257, 257, "21 channels, the picture's size; no activation follows, taken for the scores of a Softmax")]
    [DataRow("pan_mnv3_skin_hair", 512, 512, "3 channels, the picture's size; Sigmoid follows")]
    public void IsInspectedAndTrains(string file, int width, int height, string meaning)
    {
        using var folder = new TemporaryFolder();
        var path = Shared.File($"zoo/segmentation/{file}.onnx");
        var report = DetectorInspection.Of(path, (width, height));
        StringAssert.Contains(report.ToString().ReplaceLineEndings(" ").Replace("                 ", "", StringComparison.Ordinal)
            .Replace("  ", " ", StringComparison.Ordinal), meaning);
        StringAssert.StartsWith(report.Recipe.Command, $"--task segment --model {file}.onnx");
        Assert.IsEmpty(report.Problems, string.Join('\n', report.Problems));

        ShapesGenerator.Write(folder.File("data"), new() { Width = 64, Height = 64, Train = 2, Val = 0, Test = 0, Masks = true });
        var ml = new MLContext(1);
        var train = ml.Detection().LoadMasks(folder.File("data"));
        var model = new SegmenterImport
        {
            Classes = [.. train.Dataset.Categories.Select(category => category.Name)], ImageSize = (width, height),
            Normalization = Normalization.Unit,
        }.Load(path);
        var result = ml.Detection().FineTuneSegmenter(new SegmentationTrainer.Options
        {
            Segmenter = model, Epochs = 2, BatchSize = 1, LearningRate = 1e-3f, WarmUpEpochs = 0,
        }).Train(train);
        Assert.IsTrue(result.History.All(epoch => float.IsFinite(epoch.Loss)));
        Assert.IsLessThan(result.History[0].Loss, result.History[1].Loss);
        result.Segmenter.Save(folder.File("tuned.onnx"));
        using Segmenter before = new(result.Segmenter, 1), after = new(SegmenterModel.Load(folder.File("tuned.onnx")), 1);
        var picture = SegmenterImportTests.Noise(64, 48);
        CollectionAssert.AreEqual(before.Segment(picture).Probabilities, after.Segment(picture).Probabilities);
        Assert.AreEqual(OnnxModel.Load(path).Opset, OnnxModel.Load(folder.File("tuned.onnx")).Opset);
    }
}
