using MLNet.Detection.Detectors;
using MLNet.Detection.Heads;
using MLNet.Detection.Images;
using MLNet.Detection.Inspection;
using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Surgery;

namespace MLNet.Detection.Tests.Heads.Finding;

/// <summary>Heads found in small exports of each family's layout, and their classes changed.</summary>
[TestClass]
public sealed class DenseFinderTests
{
    private static readonly Dictionary<string, Func<int, SmallExport>> Exports = new()
    {
        ["SCRFD"] = FamilyExports.Scrfd, ["YuNet"] = FamilyExports.YuNet, ["NanoDet"] = FamilyExports.NanoDet,
        ["FastestDet"] = FamilyExports.FastestDet, ["BlazeFace"] = FamilyExports.BlazeFace,
        ["maps of Yolo-FastestV2"] = classes => FamilyExports.FastestV2(classes, rows: false),
        ["rows of Yolo-FastestV2"] = classes => FamilyExports.FastestV2(classes, rows: true),
    };

    [TestMethod]
    [DataRow("SCRFD", 1, "SCRFD", "2,2,2", 4, false, 10)]
    [DataRow("YuNet", 1, "YuNet", "1,1,1", 4, true, 10)]
    [DataRow("NanoDet", 5, "NanoDet", "1,1,1", 32, false, 0)]
    [DataRow("FastestDet", 5, "FastestDet", "1", 4, true, 0)]
    [DataRow("FastestDet", 1, "FastestDet", "1", 4, true, 0)]
    [DataRow("BlazeFace", 1, "BlazeFace", "2,6", 4, false, 12)]
    [DataRow("maps of Yolo-FastestV2", 5, "Yolo-FastestV2", "3,3", 4, true, 0)]
    [DataRow("maps of Yolo-FastestV2", 1, "Yolo-FastestV2", "3,3", 4, true, 0)]
    [DataRow("maps of Yolo-FastestV2", 3, "Yolo-FastestV2", "3,3", 4, true, 0)]
    [DataRow("rows of Yolo-FastestV2", 5, "Yolo-FastestV2", "3,3", 4, true, 0)]
    public void Finds_the_head(
        string export, int classes, string family, string anchors, int columns, bool objectness, int keypoints)
    {
        var model = Exports[export](classes).Model();
        var head = DenseFinder.Find(model, ImageInput.Read(model))!;
        Assert.AreEqual(family, head.Head.Family);
        Assert.AreEqual(anchors, string.Join(',', head.Head.Levels.Select(level => level.Anchors)));
        Assert.AreEqual(columns, head.Head.Levels[0].Boxes.Columns);
        Assert.AreEqual(classes, head.Head.Levels[0].Classes.Columns);
        Assert.AreEqual(objectness, head.Head.Levels[0].Objectness is not null);
        Assert.AreEqual(keypoints > 0, head.Reasons.Any(reason => reason.StartsWith($"{keypoints / 2} keypoints")));
    }

    // 16 = 4 x 4 and 32 = 4 x 8: as many classes as would be anchors, if the other value were boxes of them.
    [TestMethod]
    [DataRow(16, 4, "RTMDet")]
    [DataRow(8, 32, "NanoDet")]
    [DataRow(16, 64, "distributions")]
    [DataRow(17, 68, "distributions")]
    public void Classes_are_not_taken_for_anchors(int classes, int boxes, string family)
    {
        var model = FamilyExports.Maps(classes, boxes).Model();
        var head = DenseFinder.Find(model, ImageInput.Read(model))!.Head;
        Assert.AreEqual(family, head.Family);
        foreach (var level in head.Levels)
            Assert.AreEqual((1, classes, boxes), (level.Anchors, level.Classes.Columns, level.Boxes.Columns));
    }

    [TestMethod]
    [DataRow("SCRFD", 1, "score")]
    [DataRow("YuNet", 1, "cls")]
    [DataRow("NanoDet", 5, "cls")]
    [DataRow("BlazeFace", 1, "classificators")]
    public void Other_outputs_keep_their_values_when_classes_change(string export, int classes, string changed)
    {
        var model = Exports[export](classes).Model();
        var tuned = new DetectorImport { Classes = ["a", "b", "c"] }.Apply(model).Model;
        var (before, after) = (Run(model), Run(tuned));
        CollectionAssert.AreEqual(model.OutputNames.ToArray(), tuned.OutputNames.ToArray());
        foreach (var name in model.OutputNames)
            if (name.StartsWith(changed, StringComparison.Ordinal))
                Assert.AreEqual((before[name].Shape.Size / classes * 3, 3L),
                    (after[name].Shape.Size, after[name].Shape[-1]));
            else
                CollectionAssert.AreEqual(
                    before[name].Values<float>().ToArray(), after[name].Values<float>().ToArray());
    }

    // Boxes and objectness lie in the same output as the classes, which is longer or shorter by those alone.
    [TestMethod]
    [DataRow("FastestDet", 1, 5)]
    [DataRow("maps of Yolo-FastestV2", 1, 15)]
    [DataRow("rows of Yolo-FastestV2", -1, 15)]
    public void Columns_before_the_classes_stay(string export, int axis, int others)
    {
        var model = Exports[export](5).Model();
        var tuned = new DetectorImport { Classes = ["a", "b", "c"] }.Apply(model).Model;
        var (before, after) = (Run(model), Run(tuned));
        foreach (var name in model.OutputNames)
        {
            Assert.AreEqual(((long)others + 5, (long)others + 3), (before[name].Shape[axis], after[name].Shape[axis]));
            CollectionAssert.AreEqual(First(before[name], axis, others), First(after[name], axis, others));
        }
    }

    [TestMethod]
    public void An_open_size_is_guessed_and_printed()
    {
        var report = DetectorInspection.Of(FamilyExports.YuNet(1).Model(openSize: true));
        Assert.AreEqual("YuNet", report.Dense!.Head.Family);
        StringAssert.Contains(report.Recipe.Command, "--image-size 640x640");
        StringAssert.Contains(report.Recipe.Code, "ImageSize = (640, 640),");
        StringAssert.Contains(string.Join('\n', report.Notes), "it runs at 640 x 640");
    }

    [TestMethod]
    public void An_open_size_is_what_the_metadata_say()
    {
        var model = FamilyExports.YuNet(1).Model(openSize: true);
        model.Proto.MetadataProps.Add(new OnnxGraphs.Models.Proto.StringStringEntryProto
        {
            Key = "imgsz", Value = "[96, 128]",
        });
        StringAssert.Contains(DetectorInspection.Of(model).Recipe.Command, "--image-size 128x96");
    }

    private static IReadOnlyDictionary<string, Tensor> Run(OnnxModel model) => Subgraph.Run(model,
        new Dictionary<string, Tensor> { [SmallExport.Image] = Picture }, model.OutputNames);

    private static Tensor Picture =>
        new OnnxGraphs.Tests.RandomTensors(9).Uniform(0, 1, 1, 3, SmallExport.Side, SmallExport.Side);

    private static float[] First(Tensor value, int axis, int count)
    {
        var (shape, at) = (value.Shape, (axis + value.Shape.Rank) % value.Shape.Rank);
        var inner = shape.Skip(at + 1).Aggregate(1L, (product, dim) => product * dim);
        return [.. value.Values<float>().ToArray().Where((_, i) => i / inner % shape[at] < count)];
    }
}
