using Microsoft.ML;
using Microsoft.ML.OnnxRuntime;
using MLNet.Detection.Boxes;
using MLNet.Detection.Data;
using MLNet.Detection.Detectors;
using MLNet.Detection.Images;
using MLNet.Detection.Inspection;
using MLNet.Detection.Quantization;
using MLNet.Detection.Tests.Data;
using MLNet.Detection.Tests.Estimators;
using MLNet.Detection.Tests.Heads;
using MLNet.Detection.Tests.Training;
using MLNet.Detection.Training;
using OnnxGraphs.Graphs;
using OnnxGraphs.Inspection;
using OnnxGraphs.Models;
using OnnxGraphs.Quantization;

namespace MLNet.Detection.Tests.Quantization;

/// <summary>Whole detectors in whole numbers: what they find, what is saved, and what stays in floats.</summary>
[TestClass]
public sealed class DetectorQuantizerTests
{
    private static readonly RgbImage[] Pictures = [.. Enumerable.Range(0, 2).Select(TinyDetector.Reference)];

    [TestMethod]
    public void The_saved_file_finds_what_the_floats_find()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("whole.onnx");
        using var quantizer = Shown(TinyDetector.Model);
        quantizer.Quantize().Save(path);
        var saved = DetectorModel.Load(path);
        Assert.AreEqual(2, quantizer.Pictures);
        Assert.IsTrue(saved.Model.Proto.Graph.Node.Any(node => node.OpType == "QuantizeLinear"));
        using var floats = new Detector(TinyDetector.Model);
        using var whole = new Detector(saved);
        foreach (var (expected, found) in floats.Detect(Pictures).Zip(whole.Detect(Pictures)))
        {
            var best = expected.Where(one => one.Box.IsProper && one.Box.Area > 16).Take(5).ToList();
            Assert.IsNotEmpty(best);
            foreach (var one in best)
                Assert.IsTrue(found.Any(other => other.Class == one.Class && Math.Abs(other.Score - one.Score) < 0.1f
                    && BoxOverlap.IntersectionOverUnion(other.Box, one.Box) > 0.8f), $"{one}");
        }
    }

    [TestMethod]
    public void The_report_counts_rounded_layers_as_it_counts_floats()
    {
        using var quantizer = Shown(TinyDetector.Model);
        var (floats, whole) = (Report(TinyDetector.Model), Report(quantizer.Quantize()));
        Assert.AreEqual(floats.Cost!.MultiplyAdds, whole.Cost!.MultiplyAdds);
        Assert.AreEqual(whole.TrainableParameters, whole.Blocks.Sum(block => block.Parameters));

        static ModelSummary Report(DetectorModel detector) => DetectorInspection.Of(detector.Model).Model;
    }

    [TestMethod, DynamicData(nameof(HeadCase.All), typeof(HeadCase))]
    public void Every_head_keeps_its_outputs_and_its_meaning(object row)
    {
        using var folder = new TemporaryFolder();
        var (path, detector) = (folder.File("whole.onnx"), ((HeadCase)row).Load());
        using var quantizer = new DetectorQuantizer(detector);
        quantizer.Observe(HeadExport.Decoded());
        quantizer.Quantize().Save(path);
        var saved = DetectorModel.Load(path);
        MeaningCheck.Demand(saved);
        CollectionAssert.AreEqual(detector.Model.OutputNames.ToArray(), saved.Model.OutputNames.ToArray());
        CollectionAssert.AreEqual(detector.RawValues.ToArray(), saved.RawValues.ToArray());
        using var session = new InferenceSession(path);
        CollectionAssert.AreEqual(
            detector.Model.Inputs.Select(input => input.Name).ToArray(), session.InputNames.ToArray());
    }

    [TestMethod]
    [DataRow("retinanet")]
    [DataRow("yolov8")]
    [DataRow("yolox")]
    public void A_file_of_whole_operators_finds_the_same_is_trained_and_saved_as_one(string head)
    {
        using var folder = new TemporaryFolder();
        var (pairs, whole, tuned) = (folder.File("pairs.onnx"), folder.File("whole.onnx"), folder.File("tuned.onnx"));
        var (detector, pictures) = (HeadCase.Of(head).Load(), HeadExport.Decoded());
        foreach (var (path, operators) in new[] { (pairs, false), (whole, true) })
        {
            using var quantizer = new DetectorQuantizer(detector, new() { WholeOperators = operators });
            quantizer.Observe(pictures);
            quantizer.Quantize().Save(path);
        }
        var file = OnnxModel.Load(whole);
        Assert.Contains("QLinearConv", Operators(file));
        // The expectation of YOLOv8's distributions is a Conv behind the last layers.
        Assert.AreEqual(head == "yolov8" ? 1 : 0, Operators(file).Count(op => op == "Conv"));
        using (var first = new Detector(DetectorModel.Load(pairs)))
        using (var second = new Detector(DetectorModel.Load(whole)))
            foreach (var (expected, found) in first.Detect(pictures).Zip(second.Detect(pictures)))
                CollectionAssert.AreEqual(expected.ToArray(), found.ToArray());
        HeadExport.Train(DetectorModel.Load(whole), 2, 1e-2f).Detector.Save(tuned);
        var trained = OnnxModel.Load(tuned);
        CollectionAssert.AreEquivalent(Operators(file), Operators(trained));
        Assert.IsTrue(file.Initializers.Any(tensor => tensor.Value.DataType == (int)ElementType.Int8
            && !tensor.Value.RawData.Equals(trained.Initializers[tensor.Key].RawData)), "weights moved");
        MeaningCheck.Demand(DetectorModel.Load(tuned));

        static List<string> Operators(OnnxModel model) => [.. model.Proto.Graph.Node.Select(node => node.OpType)];
    }

    [TestMethod]
    public void A_search_returns_layers_to_floats_until_the_loss_is_allowed()
    {
        using var quantizer = Shown(TinyDetector.Model);
        string[] layers = [.. quantizer.Plan.Nodes.Where(node => node.Kind == QuantizedNodeKind.Layer).Select(node => node.Value)];
        var dear = layers[1];
        // One layer costs 0.3, the others nothing.
        double Accuracy(DetectorModel model) => IsWhole(model, dear) ? 0.6 : 0.9;
        var search = new QuantizationSearch<DetectorModel>(quantizer, Accuracy, 0.01);
        var found = search.Find(0.9);
        Assert.IsFalse(IsWhole(found, dear));
        CollectionAssert.AreEqual(new[] { dear }, search.Steps[^1].Floats.ToArray());
        Assert.AreEqual((dear, 0.3), (search.Sensitivity[0].Layer.Value, Math.Round(search.Sensitivity[0].Drop, 9)));
        Assert.AreEqual(0.9, search.Steps[^1].Accuracy);
        Assert.IsTrue(layers.Where(layer => layer != dear).All(layer => IsWhole(found, layer)));
    }

    [TestMethod]
    public void A_loss_that_is_allowed_needs_no_search()
    {
        using var quantizer = Shown(TinyDetector.Model);
        var search = new QuantizationSearch<DetectorModel>(quantizer, _ => 0.7, 0.25);
        _ = search.Find(0.9);
        Assert.HasCount(1, search.Steps);
        Assert.IsEmpty(search.Sensitivity);
    }

    [TestMethod]
    public void Where_nothing_helps_all_stays_in_floats()
    {
        using var quantizer = Shown(TinyDetector.Model);
        var found = new QuantizationSearch<DetectorModel>(quantizer, model => model.Model.Proto.Graph.Node
            .Any(node => node.OpType == "QuantizeLinear") ? 0 : 0.9).Find(0.9);
        Assert.IsFalse(found.Model.Proto.Graph.Node.Any(node => node.OpType is "QuantizeLinear" or "DequantizeLinear"));
    }

    [TestMethod]
    public void Calibration_ends_between_two_pictures()
    {
        using var run = new SmallRun(train: 3, val: 0);
        using var quantizer = new DetectorQuantizer(SmallRun.Detector);
        using var cancel = new CancellationTokenSource();
        quantizer.Observe(new DetectionDataView(run.Train), 2, cancel.Token);
        Assert.AreEqual(2, quantizer.Pictures);
        cancel.Cancel();
        Assert.ThrowsExactly<OperationCanceledException>(() => quantizer.Observe(new DetectionDataView(run.Train), 2, cancel.Token));
        Assert.AreEqual(2, quantizer.Pictures);
    }

    [TestMethod]
    public void Without_pictures_there_are_no_ranges()
    {
        using var quantizer = new DetectorQuantizer(TinyDetector.Model);
        StringAssert.Contains(Assert.ThrowsExactly<InvalidOperationException>(() => quantizer.Quantize()).Message,
            "No picture was observed");
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void Ranges_are_learnt_with_the_floats_as_teacher(bool operators)
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("tuned.onnx");
        var detector = HeadCase.Of("retinanet").Load();
        using var quantizer = new DetectorQuantizer(detector, new() { WholeOperators = operators });
        quantizer.Observe(HeadExport.Decoded());
        var whole = quantizer.Quantize();
        FineTuneTrainer.Options options = new()
        {
            Detector = whole, Teacher = new(detector), LearnRanges = true, Epochs = 3, BatchSize = 4, LearningRate = 1e-3f,
            WarmUpEpochs = 0, Sampler = new SmallRun.InOrder(),
        };
        var tuned = new FineTuneTrainer(new MLContext(1), options).Train(new DetectionDataView(HeadExport.Pictures)).Detector;
        CollectionAssert.AreEquivalent(whole.Model.Initializers.Keys.ToArray(), tuned.Model.Initializers.Keys.ToArray());
        var scales = Scales(whole.Model);
        Assert.IsNotEmpty(scales);
        var changes = scales.Zip(Scales(tuned.Model), (before, after) => after / before).ToList();
        Assert.IsTrue(changes.All(change => change is > 0.9f and < 1.1f));
        Assert.IsTrue(changes.Any(change => Math.Abs(change - 1) > 0.005f));
        tuned.Save(path);
        MeaningCheck.Demand(DetectorModel.Load(path));
        Assert.AreEqual(operators, OnnxModel.Load(path).Proto.Graph.Node.Any(node => node.OpType == "QLinearConv"));

        // Of activations, by the names of what they round.
        static List<float> Scales(OnnxModel model) =>
        [
            .. model.Proto.Graph.Node.Where(node => node.OpType == "QuantizeLinear").Select(node => node.Input[1]).Distinct().Order()
                .Select(name => model.Initializers[name].ToTensor().Values<float>()[0]),
        ];
    }

    private static DetectorQuantizer Shown(DetectorModel detector)
    {
        var quantizer = new DetectorQuantizer(detector);
        quantizer.Observe(Pictures);
        return quantizer;
    }

    private static bool IsWhole(DetectorModel model, string layer)
    {
        var (producers, node) = (model.Model.Producers, model.Model.Producers[layer]);
        while (node.OpType is "QuantizeLinear" or "DequantizeLinear")
            node = producers[node.Input[0]];
        return producers.GetValueOrDefault(node.Input[1])?.OpType == "DequantizeLinear";
    }
}
