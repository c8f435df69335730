using MLNet.Detection.Detectors;
using MLNet.Detection.Heads;
using MLNet.Detection.Images;
using MLNet.Detection.Inspection;
using MLNet.Detection.Tests.Estimators;
using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Surgery;

namespace MLNet.Detection.Tests.Heads.Finding;

/// <summary>Files of many families, in their exporters' layout: found without a word, their meaning proven by their own
/// decoding, trained, and saved with other classes.</summary>
[TestClass]
public sealed class FamilyFileTests
{
    [TestMethod]
    [DataRow("yolov3", "centre (1 s - 0 + cell) stride, size e^raw anchor; score sigmoid times objectness")]
    [DataRow("yolov4", "size e^raw anchor; score sigmoid times objectness")]
    [DataRow("yolov5_raw", "YOLOv5: 3 levels, centre (2 s - 0.5 + cell) stride, size (2 s)^2 anchor")]
    [DataRow("yolov5_face", "YOLOv5-face: 3 levels, centre (2 s - 0.5 + cell) stride, size (2 s)^2 anchor")]
    [DataRow("yolov7_parts", "centre (2 s - 0.5 + cell) stride, size (2 s)^2 anchor; score sigmoid times objectness")]
    [DataRow("yolov7_tensorrt", "centre (2 s - 0.5 + cell) stride, size (2 s)^2 anchor; score sigmoid times objectness")]
    [DataRow("yolov6", "distances to the four sides, in strides; score sigmoid")]
    [DataRow("yolov8_pose", "a distribution over 16 distances, in strides, for each side; score sigmoid")]
    [DataRow("yolov10", "a distribution over 16 distances, in strides, for each side; score sigmoid; one place an object")]
    [DataRow("yolo26", "distances to the four sides, in strides; score sigmoid; one place an object, none suppressed")]
    [DataRow("damo_yolo", "a distribution over 17 distances, in strides, for each side; score sigmoid")]
    [DataRow("pp_yoloe", "a distribution over 17 distances, in strides, for each side; score sigmoid")]
    [DataRow("centernet", "CenterNet: 1 level, size raw and shift of the centre, in strides; score sigmoid")]
    public void The_head_is_found(string file, string words)
    {
        var report = DetectorInspection.Of(FamilyFile.Load(file));
        StringAssert.Contains(report.Dense!.Head.ToWords(), words);
        Assert.IsEmpty(report.Recipe.Missing);
    }

    // The untouched file, its own boxes and scores against those decoded here.
    [TestMethod]
    [DataRow("yolov3")]
    [DataRow("yolov4")]
    [DataRow("yolov5_face")]
    [DataRow("yolov7_parts")]
    [DataRow("yolov7_tensorrt")]
    [DataRow("yolov6")]
    [DataRow("yolov8_pose")]
    [DataRow("yolov10")]
    [DataRow("yolo26")]
    [DataRow("damo_yolo")]
    [DataRow("pp_yoloe")]
    public void Boxes_and_scores_are_those_of_the_file(string file)
    {
        var (boxes, scores) = MeaningCheck.Demand(FamilyFile.Import(file, FamilyFile.Classes));
        Assert.IsNotNull(boxes);
        Assert.IsNotNull(scores);
    }

    [TestMethod]
    [DataRow("yolov3", "output [1, 252, 8]")]
    [DataRow("yolov4", "boxes [1, 252, 1, 4], confs [1, 252, 3]")]
    [DataRow("yolov5_raw", "level8 [1, 3, 8, 8, 8], level16 [1, 3, 4, 4, 8], level32 [1, 3, 2, 2, 8]")]
    [DataRow("yolov5_face", "output [1, 252, 18]")]
    [DataRow("yolov7_parts", "boxes [1, 252, 4], scores [1, 252, 3]")]
    [DataRow("yolov6", "outputs [1, 84, 8]")]
    [DataRow("yolov8_pose", "output0 [1, 13, 84]")]
    [DataRow("yolov10", "output0 [1, 20, 6]")]
    [DataRow("yolo26", "output0 [1, 20, 6]")]
    [DataRow("damo_yolo", "scores [1, 84, 3], boxes [1, 84, 4]")]
    [DataRow("pp_yoloe", "boxes [1, 84, 4], scores [1, 3, 84]")]
    [DataRow("centernet", "hm [1, 3, 16, 16], wh [1, 2, 16, 16], reg [1, 2, 16, 16]")]
    [DataRow("efficientdet", "regression [1, 252, 4], classification [1, 252, 3], anchors [1, 252, 4]")]
    public void A_saved_file_has_the_new_classes_and_the_same_outputs(string file, string outputs)
    {
        var path = Path.GetTempFileName();
        FamilyFile.Import(file).Save(path);
        var saved = OnnxModel.Load(path);
        var (before, after) = (FamilyFile.Run(FamilyFile.Load(file)), FamilyFile.Run(saved));
        Assert.AreEqual(outputs, string.Join(", ", saved.OutputNames.Select(name => $"{name} {after[name].Shape}")));
        foreach (var name in saved.OutputNames.Where(name => before[name].Shape == after[name].Shape && before.Count > 1))
            CollectionAssert.AreEqual(before[name].Values<float>().ToArray(), after[name].Values<float>().ToArray(), name);
        File.Delete(path);
    }

    [TestMethod]
    [DataRow("yolov3")]
    [DataRow("yolov10")]
    [DataRow("yolo26")]
    [DataRow("centernet")]
    [DataRow("efficientdet")]
    public void The_loss_of_four_pictures_falls(string file)
    {
        var detector = FamilyFile.Import(file) with { Classes = [.. HeadExport.Classes] };
        var history = HeadExport.Train(detector, epochs: 200, rate: 5e-3f).History;
        Assert.IsLessThan(0.6 * history[0].Loss, history[^1].Loss);
    }

    [TestMethod]
    public void An_end_of_TensorRT_is_put_back()
    {
        var (before, path) = (FamilyFile.Load("yolov7_tensorrt"), Path.GetTempFileName());
        FamilyFile.Import("yolov7_tensorrt").Save(path);
        var saved = OnnxModel.Load(path);
        CollectionAssert.AreEqual(before.OutputNames.ToArray(), saved.OutputNames.ToArray());
        Assert.AreEqual("EfficientNMS_TRT", saved.Producers["det_boxes"].OpType);
        CollectionAssert.AreEqual(
            new[] { "class0", "class1", "class2" }, DetectorModel.Load(path).Classes.ToArray());
        File.Delete(path);
    }

    [TestMethod]
    public void Keypoints_stay_and_are_told()
    {
        var report = DetectorInspection.Of(FamilyFile.Load("yolov5_face"));
        StringAssert.Contains(report.Head!.Reason, "5 keypoints a place, which stay as they are");
        var level = report.Dense!.Head.Levels[0];
        Assert.AreEqual((4, 15, 5), (level.Objectness!.First, level.Classes.First, level.Classes.Columns));
    }

    // Anchors are an output beside deltas, with heights first.
    [TestMethod]
    public void Heights_may_stand_first()
    {
        var detector = FamilyFile.Import("efficientdet");
        Assert.IsTrue(detector.Decoder.Coder.HeightFirst);
        Assert.AreEqual((4f, 4f), (detector.Anchors[0].CenterX, detector.Anchors[0].CenterY));
        Assert.AreEqual((12f, 4f), (detector.Anchors[3].CenterX, detector.Anchors[3].CenterY));
        Assert.AreEqual(2, detector.Anchors[1].Width / detector.Anchors[1].Height, 1e-3);
    }

    // Rows are chosen before they are decoded, so that the anchors stand in the file, and no decoding of all rows.
    [TestMethod]
    public void Anchors_stand_in_the_file_of_torchvision()
    {
        var report = DetectorInspection.Of(FamilyFile.Load("retinanet_torchvision"));
        Assert.HasCount((64 + 16 + 4) * 6, report.TailAnchors!.Anchors);
        Assert.IsEmpty(report.Recipe.Missing);
    }
}
