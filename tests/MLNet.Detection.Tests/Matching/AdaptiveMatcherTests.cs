using System.Numerics;
using System.Runtime.InteropServices;
using MLNet.Detection.Boxes;
using MLNet.Detection.Matching;

namespace MLNet.Detection.Tests.Matching;

[TestClass]
public sealed class AdaptiveMatcherTests
{
    private const string Group = "09_matching";

    private static IEnumerable<object[]> Atss => References.Named(Group, "atss");

    private static IEnumerable<object[]> Fcos => References.Named(Group, "fcos_match");

    private static IEnumerable<object[]> TaskAligned => References.Named(Group, "task_aligned");

    private static IEnumerable<object[]> SimOta => References.Named(Group, "simota");

    [TestMethod, DynamicData(nameof(Atss))]
    public void AtssAdaptsItsThreshold(object row)
    {
        var reference = (ReferenceCase)row;
        var matches = new AtssMatcher(reference.Integer("topk")).Match(
            reference.Boxes("gt_boxes"), reference.Boxes("anchors"), reference.Integers("anchors_per_level"));
        CollectionAssert.AreEqual(reference.IntegerValue(), matches);
    }

    [TestMethod, DynamicData(nameof(Fcos))]
    public void FcosTakesTheSmallestTruthInRange(object row)
    {
        var reference = (ReferenceCase)row;
        var matches = new FcosMatcher(reference.Single("center_sampling_radius")).Match(
            reference.Boxes("gt_boxes"), reference.Boxes("anchors"), reference.Integers("anchors_per_level"));
        CollectionAssert.AreEqual(reference.IntegerValue(), matches);
    }

    [TestMethod, DynamicData(nameof(TaskAligned))]
    public void TaskAlignmentTakesTheBestPredictions(object row)
    {
        var reference = (ReferenceCase)row;
        var match = new TaskAlignedMatcher(
            reference.Integer("topk"), reference.Single("alpha"), reference.Single("beta"),
            reference.Flag("inside_first"))
            .Match(
                reference.Boxes("gt_boxes"), reference.Integers("gt_labels"), reference.Floats("scores"),
                reference.Boxes("pred_boxes"), Points(reference.Floats("anchor_points")));
        CollectionAssert.AreEqual(reference.IntegerValue(), match.Matches);
        Close.To(reference.Output("alignment_metric"), match.Alignment, 1e-6, "alignment");
        Close.To(reference.Output("normalised_target"), match.Targets, 2e-6, "targets");
    }

    [TestMethod, DynamicData(nameof(SimOta))]
    public void SimOtaTakesTheCheapestPredictions(object row)
    {
        var reference = (ReferenceCase)row;
        var strides = reference.Floats("strides");
        var points = Points(reference.Floats("grid"));
        for (var i = 0; i < points.Length; i++)
            points[i] = (points[i] + new Vector2(0.5f)) * strides[i];
        var (matches, ious) = new SimOtaMatcher(
            reference.Single("center_radius"), reference.Integer("topk"), reference.Single("iou_cost_weight"),
            reference.Single("out_of_center_cost")).Match(
                BoxConversion.ToBoxes(reference.Floats("gt_boxes"), BoxFormat.Cxcywh), reference.Integers("gt_classes"),
                BoxConversion.ToBoxes(reference.Floats("pred_boxes"), BoxFormat.Cxcywh),
                reference.Floats("cls_logits"), reference.Floats("obj_logits"), points, strides);
        CollectionAssert.AreEqual(reference.IntegerValue(), matches);
        Close.To(reference.Output("matched_iou"), ious, 1e-6, "IoU");
    }

    [TestMethod]
    public void WithoutTruthsAllIsBackground()
    {
        Box[] anchors = [new(0, 0, 8, 8), new(8, 0, 16, 8)];
        Vector2[] points = [new(4, 4), new(12, 4)];
        int[] background = [-1, -1];
        CollectionAssert.AreEqual(background, new AtssMatcher().Match([], anchors, [2]));
        CollectionAssert.AreEqual(background, new FcosMatcher().Match([], anchors, [1, 1]));
        var aligned = new TaskAlignedMatcher().Match([], [], new float[4], anchors, points);
        CollectionAssert.AreEqual(background, aligned.Matches);
        var (matches, _) = new SimOtaMatcher().Match([], [], anchors, new float[4], new float[2], points, [8, 8]);
        CollectionAssert.AreEqual(background, matches);
    }

    [TestMethod]
    public void LengthsThatDoNotBelongTogetherAreNamed()
    {
        Box[] boxes = [new(0, 0, 8, 8)];
        var levels = Assert.ThrowsExactly<ArgumentException>(() => new AtssMatcher().Match(boxes, boxes, [2]));
        StringAssert.Contains(levels.Message, "The levels count 2 anchors, but there are 1.");
        Assert.ThrowsExactly<ArgumentException>(() => new FcosMatcher().Match(boxes, boxes, []));
        var labels = Assert.ThrowsExactly<ArgumentException>(
            () => new TaskAlignedMatcher().Match(boxes, [], [0.5f], boxes, [Vector2.Zero]));
        StringAssert.Contains(labels.Message, "1 truths and 0 labels");
        Assert.ThrowsExactly<ArgumentException>(
            () => new SimOtaMatcher().Match(boxes, [0], boxes, [0f], [], [Vector2.Zero], [8f]));
    }

    private static Vector2[] Points(float[] numbers) => MemoryMarshal.Cast<float, Vector2>(numbers).ToArray();
}
