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
        var detector = new SmallDetector { Classes = [.. ShapesGenerator.Categories.Select(c => c.Name)], Width = 64, Height = 64 }.Build();
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
        var graph = TrainingGraph.Build(detector.Model, [detector.ClassValue, detector.BoxValue], (g, heads) => new RetinaNetLoss().Terms(
            new(g.Input("classes", ElementType.Int64, new(batch, anchors.Length)), g.Input("boxes", batch, anchors.Length, 4)), heads[0], heads[1]),
            new AdamW(), new() { InputShapes = new Dictionary<string, TensorShape> { ["images"] = new(batch, 3, 64, 64) } });
        var run = new TrainingRun(graph, detector.Model);
        for (var i = 0; i < batch; i++)
        {
            var picture = ShapesGenerator.Draw(Pictures, i);
            detector.Normalization.Write(picture.Image, run.Input<float>("images").Slice(i * 3 * 64 * 64, 3 * 64 * 64));
            Box[] truths = [.. picture.Boxes.Select(b => b.Box)];
            var matches = new ThresholdMatcher().Match(truths, anchors);
            detector.Decoder.Coder.EncodeMatches(truths, matches, anchors,
                MemoryMarshal.Cast<float, BoxDelta>(run.Input<float>("boxes")).Slice(i * anchors.Length, anchors.Length));
            for (var a = 0; a < anchors.Length; a++)
                run.Input<long>("classes")[i * anchors.Length + a] = matches[a] < 0 ? matches[a] : picture.Boxes[matches[a]].Category;
        }
        return run;
    }
}
