using MLNet.Detection.Boxes;
using MLNet.Detection.Data;
using MLNet.Detection.Detectors;
using MLNet.Detection.Heads;
using MLNet.Detection.Matching;
using MLNet.Detection.Scoring;
using MLNet.Detection.Tests.Data;
using MLNet.Detection.Training;
using MLNet.Detection.Training.Hooks;
using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Models.Proto;
using OnnxGraphs.Optimizers;
using OnnxGraphs.Surgery;

namespace MLNet.Detection.Tests.Heads;

/// <summary>Pictures and weights that leave a two-stage detector little to learn from.</summary>
[TestClass]
public sealed class TwoStageInputTests
{
    [TestMethod]
    public void A_batch_without_objects_learns_background()
    {
        var result = Train(Load(), [Picture(2), Picture(3)], batch: 1);
        Assert.IsTrue(result.History.All(epoch => float.IsFinite(epoch.Loss)));
    }

    // Objects are regions themselves; without any, nothing of the second stage is left, and its loss is 0.
    [TestMethod]
    public void Without_proposals_the_objects_are_learnt()
    {
        var detector = Load(head => head with { Proposals = head.Proposals with { ScoreThreshold = 2 } });
        var terms = Train(detector, [Picture(0), Picture(3)], batch: 1).History[0].Terms;
        Assert.IsGreaterThan(0, terms["classification"]);
        Assert.IsGreaterThan(0, terms["objectness"]);
    }

    // As torchvision writes them, ONNX Runtime stops there: a Reshape of no rows to [0, -1].
    [TestMethod, DataRow("pyramid"), DataRow("one_map"), DataRow("scaled")]
    public void A_picture_without_regions_has_no_objects(string file)
    {
        using var folder = new TemporaryFolder();
        var open = OnnxModel.Load(new TwoStageExport(file).Path);
        RequiringScore(open, 2).Save(folder.File("closed.onnx"));
        var detector = new DetectorImport { Classes = HeadExport.Classes, ImageSize = (64, 64) }.Load(folder.File("closed.onnx"));
        Assert.AreEqual(2, ((TwoStageHead)detector.Head).Proposals.ScoreThreshold);
        detector.Save(folder.File("saved.onnx"));
        using var scorer = new Detector(DetectorModel.Load(folder.File("saved.onnx")), 2);
        Assert.IsTrue(scorer.Detect(HeadExport.Decoded()).All(found => !found.Any()));
        // What the file finds where regions pass is what it found.
        var picture = new Dictionary<string, Tensor> { [open.Inputs[0].Name] = Noise() };
        var (before, after) = (Subgraph.Run(open, picture, open.OutputNames),
            Subgraph.Run(RequiringScore(OnnxModel.Load(folder.File("saved.onnx")), 0), picture, open.OutputNames));
        foreach (var name in open.OutputNames)
            CollectionAssert.AreEqual(before[name].Data, after[name].Data, name);
    }

    // As a tuned network is: it proposes nothing in the pictures that its parts are found with.
    [TestMethod]
    public void Takes_other_classes_where_noise_has_no_regions()
    {
        using var folder = new TemporaryFolder();
        RequiringScore(OnnxModel.Load(new TwoStageExport("pyramid").Path), 2).Save(folder.File("closed.onnx"));
        var detector = new DetectorImport { Classes = ["a", "b", "c", "d", "e"], ImageSize = (64, 64) }.Load(folder.File("closed.onnx"));
        var head = (TwoStageHead)detector.Head;
        Assert.AreEqual(6, head.ClassColumns);
        Assert.AreEqual(2, RegionLimits.Of(detector.Model, head.RegionValue).Score);
        CollectionAssert.AreEqual(OnnxModel.Load(folder.File("closed.onnx")).Initializers.Keys.ToArray(),
            detector.Model.Initializers.Keys.ToArray());
    }

    private static Tensor Noise()
    {
        var random = new Random(3);
        return Tensor.Of<float>(new(3, 64, 64), [.. Enumerable.Range(0, 3 * 64 * 64).Select(_ => random.NextSingle())]);
    }

    // The same file with another score that it asks of its regions.
    private static OnnxModel RequiringScore(OnnxModel model, float score)
    {
        var copy = RegionLimits.WithoutScore(model);
        Assert.AreNotSame(model, copy);
        var (stored, name) = (copy.Proto.Graph.Initializer[^1].Name, $"score/{score}");
        foreach (var node in copy.Proto.Graph.Node.SelectMany(Nested))
            for (var i = 0; i < node.Input.Count; i++)
                if (node.Input[i] == stored)
                    node.Input[i] = name;
        copy.Proto.Graph.Initializer[^1] = Tensor.Scalar(ElementType.Float32, score).ToProto(name);
        return copy;
    }

    private static IEnumerable<NodeProto> Nested(NodeProto node) => node.Attribute.Where(attribute => attribute.G is not null)
        .SelectMany(attribute => attribute.G.Node).SelectMany(Nested).Prepend(node);

    [TestMethod]
    public void More_objects_than_regions_are_drawn_from()
    {
        var detector = Load(head => head with { Regions = 2, PositiveFraction = 1 });
        var result = Train(detector, [Picture(1)], batch: 1);
        Assert.IsGreaterThan(0, result.History[0].Terms["box"]);
    }

    [TestMethod]
    public void Deltas_that_are_no_numbers_end_the_run_with_a_word()
    {
        var detector = Load();
        var broken = detector.Model.Clone();
        var bias = broken.Proto.Graph.Initializer.Single(tensor => tensor.Name == "rpn.head.bbox_pred.bias");
        var proto = Tensor.Filled(new(bias.Dims[0]), float.NaN).ToProto(bias.Name);
        broken.Proto.Graph.Initializer[broken.Proto.Graph.Initializer.IndexOf(bias)] = proto;
        Assert.ThrowsExactly<TrainingDivergedException>(
            () => Train(detector with { Model = broken }, [Picture(0)], batch: 1));
    }

    [TestMethod]
    public void Crowds_are_no_background()
    {
        var crowd = Picture(1) with
        {
            Boxes = [.. Picture(1).Boxes.Select((box, i) => i == 0 ? box with { Crowd = true } : box)],
        };
        var result = Train(Load(), [crowd], batch: 1);
        Assert.IsTrue(float.IsFinite(result.History[0].Loss));
    }

    private static LabeledImage Picture(int index) => HeadExport.Pictures.Images[index];

    private static DetectorModel Load(Func<TwoStageHead, TwoStageHead>? change = null)
    {
        var detector = new TwoStageExport("pyramid").Load();
        var head = (TwoStageHead)detector.Head with { Regions = 48 };
        return detector with { Head = change?.Invoke(head) ?? head };
    }

    private static FineTuneResult Train(DetectorModel detector, IEnumerable<LabeledImage> images, int batch) =>
        HeadExport.Train(detector, 1, 1e-3f, new Sgd(0),
            new("some", HeadExport.Pictures.Categories, images), batch);
}
