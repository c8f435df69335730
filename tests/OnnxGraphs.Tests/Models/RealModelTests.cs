using OnnxGraphs.Graphs;
using OnnxGraphs.Models;

namespace OnnxGraphs.Tests;

/// <summary>
/// Exported detectors through the graph and back, against recorded outputs (shared folder, models/README.md).
/// </summary>
[TestClass]
public sealed class RealModelTests
{
    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void UltraFaceWithItsTail(bool fold) => Compare("ultraface/version-RFB-320.onnx", fold, Faces(1), 2e-5f,
        ("scores", UltraFace("parity_scores.bin")), ("boxes", UltraFace("parity_boxes.bin")));

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void UltraFaceWithRawBoxes(bool fold) =>
        Compare("ultraface/version-RFB-320_without_postprocessing.onnx", fold, Faces(1), 2e-5f,
        ("scores", UltraFace("parity_scores.bin")), ("boxes", UltraFace("parity_raw_locations.bin")));

    // A file made for one image, read for a batch of eight: each image gives what it gave alone.
    [TestMethod]
    public void UltraFaceWithBatchEight() =>
        Compare("ultraface/version-RFB-320_without_postprocessing.onnx", true, Faces(8), 2e-5f,
        ("scores", Repeated(UltraFace("parity_scores.bin"), 8)),
            ("boxes", Repeated(UltraFace("parity_raw_locations.bin"), 8)));

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void SsdLiteWithAnOpenBatch(bool fold)
    {
        const string Stem = "ssdlite320_mobilenet_v3_large_c4";
        var pixels = BinaryFile.Pixels(SharedFolder.Require("models", $"{Stem}_input.u8.bin"), 1 / 128f, -1);
        Compare($"{Stem}.onnx", fold, ("images", Tensor.Of<float>(new(2, 3, 320, 320), pixels)), 1e-4f,
            ("cls_logits", BinaryFile.Floats(SharedFolder.Require("models", $"{Stem}_cls_logits.bin"))),
            ("bbox_regression", BinaryFile.Floats(SharedFolder.Require("models", $"{Stem}_bbox_regression.bin"))));
    }

    private static void Compare(string file, bool fold, (string Name, Tensor Value) input, float tolerance,
        params (string Name, float[] Values)[] expected)
    {
        var model = OnnxModel.Load(SharedFolder.Require("models", file));
        var graph = new Graph();
        var values = GraphReader.Read(model, graph, [.. expected.Select(output => output.Name)], new()
        {
            FoldBatchNormalization = fold,
            InputShapes = new Dictionary<string, TensorShape> { [input.Name] = input.Value.Shape },
        });
        var written = GraphWriter.Write(values);
        var ops = written.Proto.Graph.Node.Select(node => node.OpType).ToHashSet();
        Assert.AreEqual(fold, !ops.Contains("BatchNormalization"));
        foreach (var gone in (string[])["Constant", "Identity", "Shape"])
            Assert.DoesNotContain(gone, ops);
        var found = OnnxRun.Once(written, input);
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.AreEqual(values[i].Shape, found[i].Shape);
            Close.AreEqual(expected[i].Values, found[i].Values<float>(), tolerance, expected[i].Name);
        }
    }

    private static (string, Tensor) Faces(int batch)
    {
        var pixels = BinaryFile.Pixels(SharedFolder.Require("models", "ultraface", "parity_input.u8.bin"), 1 / 128f,
            -127 / 128f);
        return ("input", Tensor.Of<float>(new(batch, 3, 240, 320), Repeated(pixels, batch)));
    }

    private static float[] UltraFace(string name) =>
        BinaryFile.Floats(SharedFolder.Require("models", "ultraface", name));

    private static float[] Repeated(float[] values, int times) =>
        [.. Enumerable.Repeat(values, times).SelectMany(copy => copy)];
}
