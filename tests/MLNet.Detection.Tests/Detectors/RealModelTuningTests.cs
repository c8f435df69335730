using System.Runtime.InteropServices;
using Microsoft.ML;
using MLNet.Detection.Anchors;
using MLNet.Detection.Data;
using MLNet.Detection.Detectors;
using MLNet.Detection.Tests.Data;
using MLNet.Detection.Tests.Training;
using MLNet.Detection.Training;
using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Surgery;

namespace MLNet.Detection.Tests.Detectors;

/// <summary>Exports of other projects from import to the tuned file.</summary>
[TestClass]
public sealed class RealModelTuningTests
{
    private const string UltraFace = "models/ultraface/version-RFB-320.onnx",
        Raw = "models/ultraface/version-RFB-320_without_postprocessing.onnx",
        Heads = "models/ssdlite320_mobilenet_v3_large_c4.onnx", Full = "models/ssdlite320_mobilenet_v3_large_full.onnx";

    // Equal classes, no step: the file that is written gives what the old one gave, bit by bit, its tail included.
    [TestMethod]
    [DataRow(UltraFace, 1)]
    [DataRow(Raw, 1)]
    [DataRow(Heads, 3)]
    [DataRow(Full, 90)]
    public void Untouched_it_stays_the_same_file(string file, int classes)
    {
        using var folder = new TemporaryFolder();
        Import(file, [.. Enumerable.Range(0, classes).Select(c => $"c{c}")]).Save(folder.File("same.onnx"));
        var (old, now) = (OnnxModel.Load(Shared.File(file)), OnnxModel.Load(folder.File("same.onnx")));
        var (before, after) = (Run(old, file), Run(now, file));
        foreach (var (name, value) in before)
            CollectionAssert.AreEqual(value.Data, after[name].Data, name);
    }

    [TestMethod]
    [DataRow(UltraFace, "scores", "ultraface/parity_scores.bin")]
    [DataRow(UltraFace, "boxes", "ultraface/parity_boxes.bin")]
    [DataRow(Raw, "boxes", "ultraface/parity_raw_locations.bin")]
    [DataRow(Heads, "cls_logits", "ssdlite320_mobilenet_v3_large_c4_cls_logits.bin")]
    [DataRow(Heads, "bbox_regression", "ssdlite320_mobilenet_v3_large_c4_bbox_regression.bin")]
    [DataRow(Full, "scores", "ssdlite320_mobilenet_v3_large_full_scores.bin")]
    public void Its_outputs_are_those_recorded_in_PyTorch(string file, string output, string recorded)
    {
        var found = Run(OnnxModel.Load(Shared.File(file)), file)[output].Values<float>().ToArray();
        var expected = MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(Shared.File($"models/{recorded}"))).ToArray();
        Assert.HasCount(expected.Length, found);
        foreach (var (e, f) in expected.Zip(found))
            Assert.AreEqual(e, f, 1e-4);
    }

    [TestMethod]
    [DataRow(UltraFace)]
    [DataRow(Raw)]
    [DataRow(Heads)]
    [DataRow(Full)]
    public void Twenty_steps_lower_the_loss_and_the_file_still_runs(string file)
    {
        using var folder = new TemporaryFolder();
        var shapes = ShapesGenerator.Write(folder.File("data"), new() { Train = 8, Val = 0, Test = 0 });
        var losses = new List<float>();
        var detector = Import(file, [.. ShapesGenerator.Categories.Select(category => category.Name)]);
        var tuned = new FineTuneTrainer(new MLContext(seed: 1), new()
        {
            Detector = detector, BatchSize = 2, Epochs = 5, LearningRate = 1e-3f,
            Progress = new SmallRun.Told(now => { if (now.Finished is null) losses.Add(now.Loss); }),
        }).Train(new DetectionDataView(CocoDataset.Load(shapes.Train, shapes.Images))).Detector;
        Assert.HasCount(20, losses);
        Assert.IsLessThan(losses.Take(4).Average(), losses.TakeLast(4).Average());
        tuned.Save(folder.File("tuned.onnx"));
        var saved = OnnxModel.Load(folder.File("tuned.onnx"));
        var outputs = Run(saved, file);
        foreach (var output in outputs.Values.Where(value => value.Type == ElementType.Float32))
            Assert.IsTrue(output.Values<float>().ToArray().All(float.IsFinite));
        if (outputs.TryGetValue("labels", out var labels))
            Assert.IsTrue(labels.Values<long>().ToArray().All(label => label >= 1 && label <= tuned.Classes.Count));
        Assert_training_form_is_saved_form(tuned, saved);
    }

    // Training folds BatchNormalization into the convolution before it, the file keeps both: the same numbers.
    private static void Assert_training_form_is_saved_form(DetectorModel tuned, OnnxModel saved)
    {
        var (width, height) = (tuned.Resize.Width, tuned.Resize.Height);
        var random = new Random(3);
        var planes = Tensor.Of<float>(new(1, 3, height, width),
            [.. Enumerable.Range(0, 3 * width * height).Select(_ => random.NextSingle() * 2 - 1)]);
        var graph = new Graph();
        var part = tuned.ImageValue is null ? saved : Subgraph.Extract(saved, tuned.RawValues,
            new Dictionary<string, TypedShape> { [tuned.InputName] = new(ElementType.Float32, planes.Shape) });
        var shapes = new Dictionary<string, TensorShape> { [tuned.InputName] = planes.Shape };
        foreach (var value in GraphReader.Read(
            part, graph, tuned.RawValues, new() { FoldBatchNormalization = true, InputShapes = shapes }))
            graph.Output("form/" + value.Name, value);
        var feeds = new Dictionary<string, Tensor> { [tuned.InputName] = planes };
        var kept = Subgraph.Run(part, feeds, tuned.RawValues);
        var folded = Subgraph.Run(GraphWriter.Write(graph), feeds, [.. tuned.RawValues.Select(name => "form/" + name)]);
        foreach (var name in tuned.RawValues)
        {
            var (a, b) = (kept[name].Values<float>().ToArray(), folded["form/" + name].Values<float>().ToArray());
            var scale = Math.Max(1, a.Max(Math.Abs));
            Assert.IsLessThan(1e-5 * scale, a.Zip(b).Max(pair => Math.Abs(pair.First - pair.Second)), name);
        }
    }

    private static DetectorModel Import(string file, IReadOnlyList<string> classes) => new DetectorImport
    {
        Classes = classes, HasBackground = file == Heads ? true : null,
        AnchorScheme = file == Heads ? SsdAnchors.SsdLite320 : file == Raw ? UltraFaceAnchors.Default : null,
    }.Load(Shared.File(file));

    private static IReadOnlyDictionary<string, Tensor> Run(OnnxModel model, string file)
    {
        var (input, shape) = (model.Inputs[0].Name, file == Heads ? new TensorShape(2, 3, 320, 320)
            : file == Full ? new(3, 320, 320) : new(1, 3, 240, 320));
        var picture = file.Contains("ultraface") ? "models/ultraface/parity_input.u8.bin"
            : file.Replace(".onnx", "_input.u8.bin");
        float[] pixels = [.. File.ReadAllBytes(Shared.File(picture)).Select(b =>
            file == Full ? b / 256f : file == Heads ? b / 128f - 1 : (b - 127) / 128f)];
        return Subgraph.Run(model, new Dictionary<string, Tensor> { [input] = Tensor.Of<float>(shape, pixels) },
            model.OutputNames);
    }
}
