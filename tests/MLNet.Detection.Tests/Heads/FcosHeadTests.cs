using MLNet.Detection.Boxes;
using MLNet.Detection.Detectors;
using MLNet.Detection.Heads;
using MLNet.Detection.Tests.Detectors;
using OnnxGraphs.Models;

namespace MLNet.Detection.Tests.Heads;

[TestClass]
public sealed class FcosHeadTests
{
    private static HeadCase Fcos => HeadCase.Of("fcos");

    [TestMethod]
    public void Detects_what_torchvision_detects()
    {
        var model = Fcos.Load();
        using var detector = new Detector(model with { Decoder = model.Decoder with { ScoreThreshold = 0.5f } }, 4);
        var found = detector.Detect(HeadExport.Decoded());
        foreach (var (expected, objects) in Fcos.Export.Detections.Zip(found))
        {
            Assert.HasCount(expected.Length, objects);
            foreach (var (a, b) in expected.Zip(objects))
            {
                Assert.AreEqual(a.Class, b.Class);
                Assert.AreEqual(a.Score, b.Score, 1e-5f);
                Assert.AreEqual(a.Box.X0, b.Box.X0, 1e-3f);
                Assert.AreEqual(a.Box.Y0, b.Box.Y0, 1e-3f);
                Assert.AreEqual(a.Box.X1, b.Box.X1, 1e-3f);
                Assert.AreEqual(a.Box.Y1, b.Box.Y1, 1e-3f);
            }
        }
    }

    [TestMethod]
    public void Counts_the_points_of_its_levels()
    {
        var detector = Fcos.Load();
        CollectionAssert.AreEqual(new[] { 64, 16, 4 }, ((FcosHead)detector.Head).PointsPerLevel.ToArray());
        Assert.AreEqual(new Box(-4, -4, 4, 4), detector.Anchors[0]);
        Assert.AreEqual(new Box(24, 24, 40, 40), detector.Anchors[64 + 10]);
    }

    [TestMethod]
    public void Names_values_of_other_shapes()
    {
        Fails(Fcos.Import with { BoxOutput = "cls_logits" }, "'cls_logits'", "[1, 84, 3]", "[1, 84, 4]", "distances");
        Fails(Fcos.Import with { Head = new FcosHead { CenternessValue = "cls_logits" } }, "[1, 84, 1]");
        Fails(Fcos.Import with { Head = new FcosHead { CenternessValue = "centerness" } }, "'centerness'");
    }

    private static void Fails(DetectorImport import, params string[] parts)
    {
        var error = Assert.ThrowsExactly<ModelException>(() => import.Load(Fcos.Export.Path));
        foreach (var part in parts)
            StringAssert.Contains(error.Message, part);
    }
}
