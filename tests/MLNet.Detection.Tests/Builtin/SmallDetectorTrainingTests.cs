using System.Runtime.InteropServices;
using MLNet.Detection.Boxes;
using MLNet.Detection.Builtin;
using MLNet.Detection.Data;
using MLNet.Detection.Detectors;
using MLNet.Detection.Matching;
using OnnxGraphs.Graphs;
using OnnxGraphs.Losses;
using OnnxGraphs.Optimizers;
using OnnxGraphs.Training;

namespace MLNet.Detection.Tests.Builtin;

[TestClass]
public class SmallDetectorTrainingTests
{
    private static readonly ShapesOptions Pictures = new() { Width = 64, Height = 64, MinSize = 0.3, MaxShapes = 2 };

    [TestMethod]
    public void AFewStepsOnTheSamePicturesLowerBothTerms()
    {
        string[] classes = [.. ShapesGenerator.Categories.Select(c => c.Name)];
        var detector = new SmallDetector { Classes = classes, Width = 64, Height = 64 }.Build();
        using var run = Start(detector, batch: 4);
        var first = run.Step(1e-3f);
        var (classification, box) = (run.Term("classification"), run.Term("box"));
        for (var step = 0; step < 30; step++)
            Assert.IsTrue(float.IsFinite(run.Step(1e-3f)));
        Assert.IsLessThan(0.6f * first, run.Step(1e-3f));
        Assert.IsLessThan(classification, run.Term("classification"));
        Assert.IsLessThan(box, run.Term("box"));
    }

    private static TrainingRun Start(DetectorModel detector, int batch)
    {
        var anchors = detector.Anchors.ToArray();
        var shapes = new Dictionary<string, TensorShape> { ["images"] = new(batch, 3, 64, 64) };
        string[] heads = [detector.ClassValue, detector.BoxValue];
        var graph = TrainingGraph.Build(detector.Model, heads, Loss, new AdamW(), new() { InputShapes = shapes });
        var run = new TrainingRun(graph, detector.Model);
        for (var i = 0; i < batch; i++)
        {
            var picture = ShapesGenerator.Draw(Pictures, i);
            var planes = run.Input<float>("images").Slice(i * 3 * 64 * 64, 3 * 64 * 64);
            detector.Normalization.Write(picture.Image, planes);
            Box[] truths = [.. picture.Boxes.Select(b => b.Box)];
            var matches = new ThresholdMatcher().Match(truths, anchors);
            var deltas = MemoryMarshal.Cast<float, BoxDelta>(run.Input<float>("boxes"));
            detector.Decoder.Coder.EncodeMatches(
                truths, matches, anchors, deltas.Slice(i * anchors.Length, anchors.Length));
            var classes = run.Input<long>("classes").Slice(i * anchors.Length, anchors.Length);
            for (var a = 0; a < anchors.Length; a++)
                classes[a] = matches[a] < 0 ? matches[a] : picture.Boxes[matches[a]].Category;
        }
        return run;

        IReadOnlyDictionary<string, Var> Loss(Graph graph, IReadOnlyList<Var> values) => new RetinaNetLoss().Terms(new(
            graph.Input("classes", ElementType.Int64, new(batch, anchors.Length)),
            graph.Input("boxes", batch, anchors.Length, 4)), values[0], values[1]);
    }
}
