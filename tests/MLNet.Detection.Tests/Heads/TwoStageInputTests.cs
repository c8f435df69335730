using MLNet.Detection.Boxes;
using MLNet.Detection.Data;
using MLNet.Detection.Detectors;
using MLNet.Detection.Heads;
using MLNet.Detection.Matching;
using MLNet.Detection.Scoring;
using MLNet.Detection.Training;
using MLNet.Detection.Training.Hooks;
using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Optimizers;

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
