using Microsoft.ML;
using MLNet.Detection.Builtin;
using MLNet.Detection.Data;
using MLNet.Detection.Detectors;
using MLNet.Detection.Images;
using MLNet.Detection.Tests.Data;
using MLNet.Detection.Training;
using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Models.Proto;
using OnnxGraphs.Surgery;

namespace MLNet.Detection.Tests.Detectors;

/// <summary>A file that takes bytes with colours last, one picture, and prepares them itself: training, scoring and the
/// file must see the same.</summary>
[TestClass]
public sealed class PreparedInputTests
{
    private const int Side = 64;

    [TestMethod]
    public void It_is_trained_saved_and_scored_behind_its_preparation()
    {
        using var folder = new TemporaryFolder();
        var shapes = ShapesGenerator.Write(
            folder.File("data"), new() { Width = Side, Height = Side, Train = 4, Val = 0, Test = 0 });
        var data = CocoDataset.Load(shapes.Train, shapes.Images);
        var detector = new DetectorImport { Classes = [.. data.Categories.Select(c => c.Name)] }.Apply(Prepared());
        Assert.AreEqual("images", detector.InputName);
        Assert.AreEqual(Normalization.Pixels, detector.InputNormalization);
        StringAssert.Contains(Assert.ThrowsExactly<ModelException>(() => new DetectorImport
        {
            Classes = detector.Classes, Normalization = Normalization.Unit,
        }.Apply(Prepared())).Message, "takes bytes, from 0 to 255");
        FineTuneTrainer.Options options = new() { Detector = detector, BatchSize = 2, Epochs = 1 };
        var tuned = new FineTuneTrainer(new MLContext(seed: 1), options).Train(new DetectionDataView(data)).Detector;
        tuned.Save(folder.File("tuned.onnx"));
        var saved = DetectorModel.Load(folder.File("tuned.onnx"));
        Assert.AreEqual((tuned.ImageValue, tuned.Normalization, tuned.InputNormalization),
            (saved.ImageValue, saved.Normalization, saved.InputNormalization));
        Compare(saved);
    }

    // The raw values from the file's own input against those from the planes that training writes.
    private static void Compare(DetectorModel detector)
    {
        var pixels = new byte[3 * Side * Side];
        new Random(5).NextBytes(pixels);
        var planes = new float[pixels.Length];
        detector.Normalization.Write(new(Side, Side, pixels), planes);
        var whole = Subgraph.Run(detector.Model, new Dictionary<string, Tensor>
        {
            ["bytes"] = Tensor.Of<byte>(new(Side, Side, 3), pixels),
        }, detector.RawValues);
        var behind = Subgraph.Run(detector.Model, new Dictionary<string, Tensor>
        {
            [detector.InputName] = Tensor.Of<float>(new(1, 3, Side, Side), planes),
        }, detector.RawValues);
        foreach (var name in detector.RawValues)
            foreach (var (a, b) in whole[name].Values<float>().ToArray().Zip(behind[name].Values<float>().ToArray()))
                Assert.AreEqual(a, b, 1e-4 * Math.Max(1, Math.Abs(a)));
    }

    // The small detector behind Cast, Div, Sub, Transpose and Unsqueeze.
    private static OnnxModel Prepared()
    {
        var model = new SmallDetector { Classes = ["a"], Width = Side, Height = Side }.Build().Model.Clone();
        var graph = model.Proto.Graph;
        graph.Input.Clear();
        graph.Input.Add(new ValueInfoProto
        {
            Name = "bytes",
            Type = new() { TensorType = new() { ElemType = (int)ElementType.UInt8, Shape = Shape(Side, Side, 3) } },
        });
        graph.Initializer.Add([Tensor.Scalar(ElementType.Float32, 127.5).ToProto("front/half"),
            Tensor.Scalar(ElementType.Float32, 1).ToProto("front/one"), Tensor.Vector<long>(0).ToProto("front/zero")]);
        NodeProto[] front =
        [
            new() { OpType = "Cast", Input = { "bytes" }, Output = { "front/floats" }, Attribute = { Int("to", 1) } },
            new() { OpType = "Div", Input = { "front/floats", "front/half" }, Output = { "front/scaled" } },
            new() { OpType = "Sub", Input = { "front/scaled", "front/one" }, Output = { "front/centered" } },
            new() { OpType = "Transpose", Input = { "front/centered" }, Output = { "front/planes" },
                Attribute = { new AttributeProto { Name = "perm", Type = AttributeProto.Types.AttributeType.Ints,
                    Ints = { 2, 0, 1 } } } },
            new() { OpType = "Unsqueeze", Input = { "front/planes", "front/zero" }, Output = { "images" } },
        ];
        foreach (var (i, node) in front.Index())
            graph.Node.Insert(i, node);
        return model;
    }

    private static TensorShapeProto Shape(params long[] dims)
    {
        var shape = new TensorShapeProto();
        shape.Dim.Add(dims.Select(dim => new TensorShapeProto.Types.Dimension { DimValue = dim }));
        return shape;
    }

    private static AttributeProto Int(string name, long value) =>
        new() { Name = name, Type = AttributeProto.Types.AttributeType.Int, I = value };
}
