using MLNet.Detection.Anchors;
using MLNet.Detection.Boxes;
using MLNet.Detection.Detectors;
using MLNet.Detection.Images;
using MLNet.Detection.Tests.Estimators;
using OnnxGraphs.Models;

namespace MLNet.Detection.Tests.Detectors;

/// <summary>Imports that name no outputs.</summary>
[TestClass]
public sealed class AutomaticImportTests
{
    [TestMethod]
    public void UltraFace_needs_nothing_but_the_file()
    {
        var detector = new DetectorImport { Classes = ["face"] }
            .Load(Shared.File("models/ultraface/version-RFB-320.onnx"));
        Assert.AreEqual(("459", "460", 4420, 2),
            (detector.ClassValue, detector.BoxValue, detector.Anchors.Count, detector.ClassColumns));
        Assert.IsNull(detector.ImageValue);
        Assert.AreEqual(Normalization.Centered, detector.Normalization);
    }

    // One picture [3, 320, 320] from 0 to 1, normalised inside, anchors computed from feature map sizes.
    [TestMethod]
    public void Full_ssdlite_is_cut_before_its_suppression_and_behind_its_normalisation()
    {
        var path = Shared.File("models/ssdlite320_mobilenet_v3_large_full.onnx");
        var detector = new DetectorImport { Classes = [.. Enumerable.Range(1, 90).Select(c => $"c{c}")] }.Load(path);
        Assert.AreEqual("/transform/Concat_4_output_0", detector.InputName);
        Assert.AreEqual(new Normalization(127.5f, 127.5f), detector.Normalization);
        Assert.AreEqual(BoxCoder.Ssd, detector.Decoder.Coder);
        var torch = AnchorFile.Load(Shared.File("models/ssdlite320_mobilenet_v3_large_c4_anchors.bin"),
            AnchorFormat.XyxyPixels, 320, 320);
        Assert.HasCount(torch.Length, detector.Anchors);
        foreach (var (expected, found) in torch.Zip(detector.Anchors))
            Assert.IsLessThan(1e-3, Math.Abs(expected.X0 - found.X0) + Math.Abs(expected.Y1 - found.Y1));
        CollectionAssert.AreEqual(OnnxModel.Load(path).ToBytes(), detector.Model.ToBytes());
        using var run = new Detector(detector, 3);
        Assert.HasCount(2, run.Detect([TinyDetector.Reference(0), TinyDetector.Reference(1)]));
    }

    [TestMethod]
    public void Heads_without_anchors_say_so()
    {
        var file = Shared.File("models/ssdlite320_mobilenet_v3_large_c4.onnx");
        var error = Assert.ThrowsExactly<ModelException>(
            () => new DetectorImport { Classes = ["a"], HasBackground = true }.Load(file));
        StringAssert.Contains(error.Message, "'bbox_regression' holds raw deltas");
    }
}
