using MLNet.Detection.Anchors;
using MLNet.Detection.Boxes;
using MLNet.Detection.Builtin;
using MLNet.Detection.Detectors;
using MLNet.Detection.Images;
using MLNet.Detection.Tests.Estimators;
using OnnxGraphs.Models;

namespace MLNet.Detection.Tests.Detectors;

/// <summary>Boxes mean what the file's own tail makes of them, or the import is refused.</summary>
[TestClass]
public sealed class MeaningCheckTests
{
    private static readonly SmallDetector Small = new() { Classes = ["a", "b"], Width = 64, Height = 64 };

    [TestMethod]
    public void The_tail_of_an_untouched_detector_agrees() =>
        Assert.IsNotNull(MeaningCheck.Demand(Small.Build()));

    [TestMethod]
    public void A_file_without_a_tail_has_nothing_to_compare() =>
        Assert.IsNull(MeaningCheck.Demand(TinyDetector.Model));

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
