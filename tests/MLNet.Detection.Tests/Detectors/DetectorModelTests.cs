using System.IO.Compression;
using System.Runtime.InteropServices;
using MLNet.Detection.Boxes;
using MLNet.Detection.Detectors;
using MLNet.Detection.Images;
using MLNet.Detection.Scoring;
using MLNet.Detection.Tests.Data;
using MLNet.Detection.Tests.Estimators;
using OnnxGraphs.Models;

namespace MLNet.Detection.Tests.Detectors;

[TestClass]
public sealed class DetectorModelTests
{
    private readonly TemporaryFolder _folder = new();

    [TestCleanup]
    public void Remove() => _folder.Dispose();

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void Comes_back_from_its_one_file(bool externalData)
    {
        var model = TinyDetector.Model with
        {
            Classes = ["red, \"blood\"", "ünïcode", "c"],
            Resize = new(32, 32, ResizeMode.Letterbox, 7),
            Normalization = Normalization.ImageNet with { Order = ChannelOrder.Bgr },
            Decoder = DetectionDecoder.RetinaNet with
            {
                Coder = new BoxCoder(1.5f, 2.5f, 3.5f, 4.5f) { MaxLogScale = 3.25f },
                IouThreshold = 0.3f, MaxDetections = 7,
            },
        };
        model.Save(_folder.File("model.onnx"), externalData);
        var back = DetectorModel.Load(_folder.File("model.onnx"));
        Assert.AreEqual((model.ClassValue, model.BoxValue, model.InputName),
            (back.ClassValue, back.BoxValue, back.InputName));
        CollectionAssert.AreEqual(model.Classes.ToArray(), back.Classes.ToArray());
        CollectionAssert.AreEqual(model.Anchors.ToArray(), back.Anchors.ToArray());
        Assert.AreEqual((model.Resize, model.Normalization, model.Decoder),
            (back.Resize, back.Normalization, back.Decoder));
        using var before = new Detector(model, 1);
        using var after = new Detector(back, 1);
        CollectionAssert.AreEqual(before.Detect([TinyDetector.Reference(0)])[0],
            after.Detect([TinyDetector.Reference(0)])[0]);
    }

    // Saved twice the entries are replaced, not doubled; the model at hand stays as it is.
    [TestMethod]
    public void Saving_again_replaces_the_metadata()
    {
        var path = _folder.File("model.onnx");
        TinyDetector.Model.Save(path);
        (DetectorModel.Load(path) with { Classes = ["x", "y", "z"] }).Save(path);
        var keys = OnnxModel.Load(path).Proto.MetadataProps.Select(entry => entry.Key).ToList();
        Assert.HasCount(keys.Count, keys.Distinct().ToList());
        CollectionAssert.AreEqual(new[] { "x", "y", "z" }, DetectorModel.Load(path).Classes.ToArray());
        Assert.IsEmpty(TinyDetector.Model.Model.Proto.MetadataProps);
    }

    [TestMethod]
    public void A_file_without_metadata_is_named()
    {
        var error = Assert.ThrowsExactly<ModelException>(
            () => DetectorModel.Load(References.PathOf("13_training", "tiny_retinanet.onnx")));
        StringAssert.Contains(error.Message, "tiny_retinanet.onnx");
        StringAssert.Contains(error.Message, "saved by this library");
    }

    [TestMethod]
    [DataRow("anchors", "no base 64!")]
    [DataRow("anchors", "AAAA")]
    [DataRow("anchors", "")]
    [DataRow("anchors", "zlib,")]
    [DataRow("anchors", "zlib,AAAA")]
    [DataRow("classes", "[\"a\"")]
    [DataRow("classes", "null")]
    [DataRow("decoder", "{\"Coder\": 3}")]
    [DataRow("resize", "{\"Width\": -1, \"Height\": 2}")]
    [DataRow("class_value", "nowhere")]
    [DataRow("head", "{}")]
    [DataRow("head", "{\"kind\":\"Fccos\"}")]
    [DataRow("head", "{\"kind\":\"Fcos\"}")]
    [DataRow("head", "{\"kind\":\"Fcos\",\"CenternessValue\":\"cls_logits\",\"PointsPerLevel\":[127]}")]
    [DataRow("head", "{\"kind\":\"Fcos\",\"CenternessValue\":\"nowhere\",\"PointsPerLevel\":[100,28]}")]
    [DataRow("head", "{\"kind\":\"Yolox\"}")]
    [DataRow("head", "{\"kind\":\"Yolo\",\"Maps\":[\"cls_logits\"],\"Grids\":[{\"Width\":0,\"Height\":4}]}")]
    public void Damaged_metadata_is_named(string key, string value)
    {
        var path = _folder.File("model.onnx");
        TinyDetector.Model.Save(path);
        var model = OnnxModel.Load(path);
        model.Proto.MetadataProps.Single(entry => entry.Key.EndsWith(key)).Value = value;
        model.Save(path);
        var error = Assert.ThrowsExactly<ModelException>(() => DetectorModel.Load(path));
        StringAssert.StartsWith(error.Message, path);
        StringAssert.Contains(error.Message, key);
    }

    [TestMethod]
    public void Anchors_are_written_short_and_read_as_they_were_written_before_too()
    {
        var path = _folder.File("model.onnx");
        TinyDetector.Model.Save(path);
        var (model, anchors) = (OnnxModel.Load(path), TinyDetector.Model.Anchors.ToArray());
        CollectionAssert.AreEqual(anchors, DetectorModel.Load(path).Anchors.ToArray());
        var entry = model.Proto.MetadataProps.Single(entry => entry.Key.EndsWith("anchors"));
        var before = Convert.ToBase64String(MemoryMarshal.AsBytes<Box>(anchors));
        Assert.IsLessThan(before.Length / 2, entry.Value.Length);
        entry.Value = before;
        model.Save(path);
        CollectionAssert.AreEqual(anchors, DetectorModel.Load(path).Anchors.ToArray());
    }

    [TestMethod]
    public void Anchors_that_unpack_to_more_than_any_detector_has_are_refused()
    {
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.SmallestSize))
            zlib.Write(new byte[(1 << 25) + 16]);
        Damaged_metadata_is_named("anchors", "zlib," + Convert.ToBase64String(packed.ToArray()));
    }

    [TestMethod]
    public void Background_takes_a_column_of_its_own()
    {
        var model = TinyDetector.Model with { Decoder = DetectionDecoder.Ssd, Classes = ["a", "b"] };
        Assert.AreEqual(3, model.ClassColumns);
        Assert.AreEqual((0, 1), (model.ClassOfColumn(1), model.ClassOfColumn(2)));
        var last = model with { Decoder = DetectionDecoder.Ssd with { BackgroundClass = 2 } };
        Assert.AreEqual((0, 1), (last.ClassOfColumn(0), last.ClassOfColumn(1)));
        Assert.AreEqual(3, TinyDetector.Model.ClassColumns);
        Assert.AreEqual(2, TinyDetector.Model.ClassOfColumn(2));
    }
}
