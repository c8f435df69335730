using MLNet.Detection.Boxes;
using MLNet.Detection.Detectors;
using MLNet.Detection.Images;
using MLNet.Detection.Scoring;
using MLNet.Detection.Tests.Estimators;
using OnnxGraphs.Models;

namespace MLNet.Detection.Tests.Detectors;

[TestClass]
public sealed class DetectorTests
{
    // Also with a partial last batch: 8 + 3, and 3 of 8 after another batch filled the places.
    [TestMethod]
    [DataRow(8)]
    [DataRow(3)]
    [DataRow(11)]
    [DataRow(16)]
    public void Batches_find_what_single_pictures_do(int batch)
    {
        RgbImage[] pictures = [.. Enumerable.Range(0, 11).Select(Picture)];
        using var single = new Detector(TinyDetector.Model, 1);
        using var batched = new Detector(TinyDetector.Model, batch);
        var (expected, found) = (single.Detect(pictures), batched.Detect(pictures));
        Assert.HasCount(11, found);
        Assert.IsTrue(expected.Sum(objects => objects.Length) > 20);
        for (var i = 0; i < 11; i++)
            Compare(expected[i], found[i]);
        Compare(expected[1], batched.Detect([pictures[1]])[0]);
    }

    [TestMethod]
    public void No_pictures_give_nothing()
    {
        using var detector = new Detector(TinyDetector.Model, 4);
        Assert.IsEmpty(detector.Detect([]));
    }

    // One picture at its own size and at twice it: boxes in original pixels double.
    [TestMethod]
    public void Boxes_are_in_pixels_of_the_original()
    {
        var small = Picture(0);
        var large = RgbImage.Filled(64, 64, 0, 0, 0);
        for (var y = 0; y < 64; y++)
            for (var x = 0; x < 64; x++)
                small.Row(y / 2).Slice(3 * (x / 2), 3).CopyTo(large.Row(y).Slice(3 * x, 3));
        using var detector = new Detector(TinyDetector.Model, 1);
        var (a, b) = (detector.Detect([small])[0], detector.Detect([large])[0]);
        Assert.IsNotEmpty(a);
        Compare([.. a.Select(o => o with { Box = o.Box.Scale(2, 2) })], b);
    }

    [TestMethod]
    public void Anchors_or_classes_that_do_not_fit_are_named()
    {
        var error = Assert.ThrowsExactly<ModelException>(
            () => new Detector(TinyDetector.Model with { Classes = ["a", "b"] }));
        StringAssert.Contains(error.Message, "128 anchors and 2 class columns need [8, 128, 2]");
        error = Assert.ThrowsExactly<ModelException>(
            () => new Detector(TinyDetector.Model with { Anchors = TinyDetector.Anchors[..100] }, 1));
        StringAssert.Contains(error.Message, "100 anchors");
    }

    [TestMethod]
    public void Too_many_pictures_and_wrong_sizes_are_refused()
    {
        using var detector = new Detector(TinyDetector.Model, 2);
        var resized = TinyDetector.Resize.Apply(Picture(0));
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(
            () => detector.DetectResized([resized, resized, resized])).Message, "3 pictures");
        var wide = new ImageResize(40, 32).Apply(Picture(0));
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => detector.DetectResized([wide])).Message,
            "40 x 32");
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new Detector(TinyDetector.Model, 0));
    }

    private static RgbImage Picture(int seed)
    {
        if (seed < 2)
            return TinyDetector.Reference(seed);
        var (picture, random) = (RgbImage.Filled(32 + seed, 40, 0, 0, 0), new Random(seed));
        random.NextBytes(picture.Pixels);
        return picture;
    }

    private static void Compare(DetectedObject[] expected, DetectedObject[] found)
    {
        Assert.HasCount(expected.Length, found);
        foreach (var (a, b) in expected.Zip(found))
        {
            Assert.AreEqual(a.Class, b.Class);
            Assert.AreEqual(a.Score, b.Score, 1e-5f);
            Close.To([a.Box.X0, a.Box.Y0, a.Box.X1, a.Box.Y1], (ReadOnlySpan<Box>)[b.Box], 1e-4, "box");
        }
    }
}
