using MLNet.Detection.Anchors;
using MLNet.Detection.Boxes;
using MLNet.Detection.Builtin;
using MLNet.Detection.Detectors;
using MLNet.Detection.Images;
using MLNet.Detection.Tests.Heads;
using MLNet.Detection.Tests.Heads.Finding;
using MLNet.Detection.Tests.Estimators;
using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Models.Proto;

namespace MLNet.Detection.Tests.Detectors;

/// <summary>Boxes mean what the file's own tail makes of them, or the import is refused.</summary>
[TestClass]
public sealed class MeaningCheckTests
{
    private static readonly SmallDetector Small = new() { Classes = ["a", "b"], Width = 64, Height = 64 };

    [TestMethod]
    public void The_tail_of_an_untouched_detector_agrees()
    {
        var (boxes, scores) = MeaningCheck.Demand(Small.Build());
        Assert.AreEqual("boxes", boxes);
        Assert.AreEqual("scores", scores);
    }

    [TestMethod]
    public void A_file_without_a_tail_has_nothing_to_compare() =>
        Assert.AreEqual((null, null), MeaningCheck.Demand(TinyDetector.Model));

    [TestMethod]
    public void Other_anchors_or_another_code_are_refused_with_both_boxes()
    {
        var detector = Small.Build();
        Box[] moved = [.. detector.Anchors.Select(box => new Box(box.X0 + 6, box.Y0, box.X1 + 6, box.Y1))];
        var error = Assert.ThrowsExactly<ModelException>(() => MeaningCheck.Demand(detector with { Anchors = moved }));
        StringAssert.Contains(error.Message, "of 'boxes' is Box");
        StringAssert.Contains(error.Message, "decoded here it is Box");
        var coder = detector.Decoder with { Coder = detector.Decoder.Coder with { WeightX = 5, WeightY = 5 } };
        Assert.ThrowsExactly<ModelException>(() => MeaningCheck.Demand(detector with { Decoder = coder }));
    }

    [TestMethod]
    [DataRow("Softmax", DisplayName = "a softmax over the classes")]
    [DataRow("HardSigmoid", DisplayName = "another activation")]
    public void Scores_that_the_file_makes_otherwise_are_refused_with_both(string activation)
    {
        var detector = Small.Build();
        var error = Assert.ThrowsExactly<ModelException>(() => MeaningCheck.Demand(Activated(detector, activation)));
        StringAssert.Contains(error.Message, "' is [");
        StringAssert.Contains(error.Message, "decoded here it is [");
    }

    // A value in between agrees, but the file gives away others.
    [TestMethod]
    [DataRow(new[] { 1L, 0 }, "' is [", DisplayName = "classes in another order")]
    [DataRow(new[] { 0L }, "has the scores of 1 classes, decoded here there are 2", DisplayName = "a class left out")]
    [DataRow(new[] { 0L, 1 }, null, DisplayName = "all of them")]
    public void Outputs_that_leave_out_or_exchange_classes_are_refused(long[] columns, string? message)
    {
        var detector = Small.Build();
        var proto = detector.Model.Proto.Clone();
        var scores = proto.Graph.Node.Single(node => node.Output.Contains("scores"));
        scores.Output[scores.Output.IndexOf("scores")] = "all scores";
        proto.Graph.Initializer.Add(Tensor.Of<long>(new(columns.Length), columns).ToProto("columns"));
        var chosen = new NodeProto { OpType = "Gather", Input = { "all scores", "columns" }, Output = { "scores" } };
        chosen.Attribute.Add(new AttributeProto { Name = "axis", I = 2, Type = AttributeProto.Types.AttributeType.Int });
        proto.Graph.Node.Add(chosen);
        proto.Graph.Output.Single(output => output.Name == "scores").Type.TensorType.Shape.Dim[2].DimValue = columns.Length;
        var changed = detector with { Model = new(proto) };
        if (message is null)
            Assert.IsNotNull(MeaningCheck.Demand(changed).Scores);
        else
            StringAssert.Contains(Assert.ThrowsExactly<ModelException>(() => MeaningCheck.Demand(changed)).Message, message);
    }

    // One factor for all classes as well: thresholds would mean something else.
    [TestMethod]
    [DataRow(new[] { 1f, 2 }, true, DisplayName = "one class twice")]
    [DataRow(new[] { 100f, 100 }, true, DisplayName = "percent")]
    [DataRow(new[] { 1f, 1 }, false, DisplayName = "as they are")]
    public void Outputs_that_scale_the_scores_are_refused(float[] factors, bool refused)
    {
        var detector = Small.Build();
        var proto = detector.Model.Proto.Clone();
        var scores = proto.Graph.Node.Single(node => node.Output.Contains("scores"));
        scores.Output[scores.Output.IndexOf("scores")] = "all scores";
        proto.Graph.Initializer.Add(Tensor.Of<float>(new(factors.Length), factors).ToProto("factors"));
        proto.Graph.Node.Add(new NodeProto { OpType = "Mul", Input = { "all scores", "factors" }, Output = { "scores" } });
        var changed = detector with { Model = new(proto) };
        if (refused)
            StringAssert.Contains(Assert.ThrowsExactly<ModelException>(() => MeaningCheck.Demand(changed)).Message, "of 'scores' is [");
        else
            Assert.IsNotNull(MeaningCheck.Demand(changed).Scores);
    }

    [TestMethod]
    [DataRow(new[] { 1L, 0, 2, 3, 4 }, DisplayName = "classes in another order")]
    [DataRow(new[] { 0L, 1, 2, 3, 4 }, DisplayName = "as they are")]
    public void Outputs_by_level_must_have_the_scores_too(long[] columns)
    {
        var detector = FamilyFile.Import("damo_yolo", FamilyFile.Classes);
        int[] rows = [8 * 8, 4 * 4, 2 * 2];
        var proto = detector.Model.Proto.Clone();
        proto.Graph.Initializer.Add(Tensor.Of<long>(new(columns.Length), columns).ToProto("columns"));
        var scores = proto.Graph.Output.Single(output => output.Name == "scores");
        var split = new NodeProto { OpType = "Split", Input = { "scores" } };
        split.Attribute.Add(new AttributeProto { Name = "axis", I = 1, Type = AttributeProto.Types.AttributeType.Int });
        split.Attribute.Add(new AttributeProto
        {
            Name = "split", Ints = { rows.Select(count => (long)count) }, Type = AttributeProto.Types.AttributeType.Ints,
        });
        proto.Graph.Node.Add(split);
        for (var level = 0; level < rows.Length; level++)
        {
            split.Output.Add($"part{level}");
            var chosen = new NodeProto { OpType = "Gather", Input = { $"part{level}", "columns" }, Output = { $"scores{level}" } };
            chosen.Attribute.Add(new AttributeProto { Name = "axis", I = 2, Type = AttributeProto.Types.AttributeType.Int });
            proto.Graph.Node.Add(chosen);
            var output = scores.Clone();
            output.Name = $"scores{level}";
            output.Type.TensorType.Shape.Dim[1].DimValue = rows[level];
            proto.Graph.Output.Add(output);
        }
        proto.Graph.Output.Remove(scores);
        var changed = detector with { Model = new(proto) };
        if (columns[0] == 1)
            StringAssert.Contains(Assert.ThrowsExactly<ModelException>(() => MeaningCheck.Demand(changed)).Message, "' is [");
        else
            Assert.IsNotNull(MeaningCheck.Demand(changed).Scores);
    }

    [TestMethod]
    [DataRow("yolox", DisplayName = "class times objectness, left to the program")]
    [DataRow("yolo", DisplayName = "the same from one sigmoid over all numbers")]
    [DataRow("yolov8", DisplayName = "columns behind those of the boxes")]
    public void Scores_are_found_in_the_tail(string file)
    {
        var detector = HeadCase.Of(file).Load();
        var (boxes, scores) = MeaningCheck.Demand(detector);
        Assert.IsNotNull(boxes);
        Assert.IsNotNull(scores);
        var graph = detector.Model.Proto.Clone();
        foreach (var node in graph.Graph.Node.Where(node => node.OpType == "Sigmoid"))
            node.OpType = "HardSigmoid";
        StringAssert.Contains(Assert.ThrowsExactly<ModelException>(
            () => MeaningCheck.Demand(detector with { Model = new(graph) })).Message, "would mean something else");
    }

    [TestMethod]
    public void A_saved_file_must_be_the_detector_that_was_trained()
    {
        var (one, other) = (Small.Build(), (Small with { Seed = 2 }).Build());
        MeaningCheck.DemandSame(one, one);
        StringAssert.Contains(Assert.ThrowsExactly<ModelException>(() => MeaningCheck.DemandSame(other, one)).Message,
            "than the detector that was trained");
    }

    private static DetectorModel Activated(DetectorModel detector, string activation)
    {
        var graph = detector.Model.Proto.Clone();
        graph.Graph.Node.Single(node => node.Input.Contains("class_logits")).OpType = activation;
        return detector with { Model = new(graph) };
    }

    // The anchors of another detector, laid over the same maps: they are as many.
    [TestMethod]
    public void An_import_with_foreign_anchors_is_refused()
    {
        var detector = Small.Build();
        var wide = detector.Anchors.Select(box => Box.FromCxcywh(box.CenterX, box.CenterY, 2 * box.Width, box.Height));
        var import = new DetectorImport
        {
            ClassOutput = "scores", BoxOutput = "boxes", HasBackground = false, Classes = ["a", "b"],
            Anchors = [.. wide], Normalization = Normalization.Unit,
        };
        Assert.ThrowsExactly<ModelException>(() => import.Apply(detector.Model));
        Assert.HasCount(detector.Anchors.Count, (import with { Anchors = null }).Apply(detector.Model).Anchors);
    }
}
