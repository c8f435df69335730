using MLNet.Detection.Augmentation;
using MLNet.Detection.Boxes;
using MLNet.Detection.Builtin;
using MLNet.Detection.Detectors;
using MLNet.Detection.Images;
using MLNet.Detection.Scoring;

namespace MLNet.Detection.Tests.Detectors;

/// <summary>Several views of a picture, by a detector with random weights, of which any symmetry must hold.</summary>
[TestClass]
public sealed class ViewDetectorTests
{
    private static readonly SmallDetector Small = new() { Classes = ["a", "b"], Width = 64, Height = 64, Seed = 3 };

    [TestMethod]
    public void OnePlainViewIsTheDetectorItself()
    {
        using var detector = Detector();
        var picture = Noise(90, 70, 1);
        CollectionAssert.AreEqual(detector.Detect([picture])[0], new ViewDetector(detector, new()).Detect([picture])[0]);
        CollectionAssert.AreEqual(detector.Detect([picture])[0],
            new ViewDetector(detector, new() { Window = 90 }).Detect([picture])[0]);
    }

    // What is found in the mirrored picture is what is found in the picture, mirrored.
    [TestMethod]
    public void MirroringChangesNothingButTheSide()
    {
        using var detector = Detector();
        var views = new ViewDetector(detector, new() { Mirrored = true });
        var picture = Noise(90, 70, 2);
        var (straight, mirrored) = (views.Detect([picture])[0], views.Detect([HorizontalFlip.Flip(picture)])[0]);
        Assert.IsNotEmpty(straight);
        Assert.HasCount(straight.Length, mirrored);
        Assert.IsFalse(straight.SequenceEqual(detector.Detect([picture])[0]));
        foreach (var found in straight)
        {
            var other = mirrored.MinBy(o => Math.Abs(o.Score - found.Score) + (o.Class == found.Class ? 0 : 1)
                + Math.Abs(90 - o.Box.X1 - found.Box.X0) / 1000);
            Assert.AreEqual(found.Score, other.Score, 1e-5f);
            Assert.AreEqual(found.Box.X0, 90 - other.Box.X1, 0.01f);
            Assert.AreEqual(found.Box.Y1, other.Box.Y1, 0.01f);
        }
    }

    // Windows without overlap, the picture as a whole not looked at: the results of the parts, moved to their places.
    [TestMethod]
    public void WindowsGiveWhatTheirPartsGive()
    {
        using var detector = Detector();
        var picture = Noise(128, 64, 3);
        var found = new ViewDetector(detector, new() { Window = 64, Overlap = 0, Whole = false, IouThreshold = 1, MaxDetections = 10000 })
            .Detect([picture])[0];
        var parts = new[] { 0, 64 }.SelectMany(left => detector.Detect([Part(picture, left)])[0]
            .Select(o => o with { Box = o.Box.Offset(left, 0) })).ToList();
        Assert.IsNotEmpty(found);
        Assert.IsTrue(found.All(parts.Contains));
        var whole = parts.Where(o => o.Box.X1 < 62 || o.Box.X0 > 66).ToList();
        Assert.IsNotEmpty(whole);
        Assert.IsTrue(whole.All(found.Contains));
    }

    [TestMethod]
    [DataRow(100, 80, 40, 0.25), DataRow(101, 30, 40, 0.5), DataRow(1000, 999, 640, 0.2), DataRow(41, 41, 40, 0)]
    public void WindowsCoverThePictureAndOverlap(int width, int height, int side, double overlap)
    {
        var windows = new DetectionViews { Window = side, Overlap = overlap, Whole = false }.Windows(width, height);
        foreach (var (at, size, start, length) in new[] { (0, width, 0, 0), (1, height, 0, 0) })
        {
            var lines = windows.Select(w => at == 0 ? (From: w.Left, Size: w.Width) : (From: w.Top, Size: w.Height)).Distinct()
                .OrderBy(line => line.From).ToList();
            Assert.AreEqual((0, size), (lines[0].From, lines[^1].From + lines[^1].Size));
            foreach (var (one, next) in lines.Zip(lines.Skip(1)))
                Assert.IsGreaterThanOrEqualTo((int)(side * overlap) - 1, one.From + one.Size - next.From);
        }
    }

    [TestMethod]
    public void ACutObjectGivesWayToTheWholeOne()
    {
        var window = (Left: 0, Top: 0, Width: 50, Height: 50);
        var cut = ViewedObject.Of(new(new(30, 10, 50, 30), 0, 0.9f), window, 100, 50);
        var whole = ViewedObject.Of(new(new(5, 10, 45, 30), 0, 0.6f), (25, 0, 50, 50), 100, 50);
        var other = ViewedObject.Of(new(new(5, 10, 45, 30), 1, 0.5f), (25, 0, 50, 50), 100, 50);
        Assert.AreEqual((true, false), (cut.IsCut, whole.IsCut));
        CollectionAssert.AreEqual(new[] { whole.Found, other.Found }, ViewedObject.Joined([cut, whole, other], 0.5f, 10));
        // At the edge of the picture nothing is cut.
        Assert.IsFalse(ViewedObject.Of(new(new(0, 0, 20, 50), 0, 1), window, 100, 50).IsCut);
    }

    [TestMethod]
    public void SettingsOutOfRangeAreRefused()
    {
        using var detector = Detector();
        foreach (var views in new DetectionViews[] { new() { Window = 0 }, new() { Overlap = 0.95 }, new() { MaxDetections = 0 } })
            Assert.Contains("DetectionViews.", Assert.ThrowsExactly<ArgumentException>(
                () => new ViewDetector(detector, views).Detect([Noise(9, 9, 1)])).Message);
    }

    private static Detector Detector()
    {
        var model = Small.Build();
        return new(model with { Decoder = model.Decoder with { ScoreThreshold = 0, MaxDetections = 50 } }, 4);
    }

    private static RgbImage Part(RgbImage picture, int left) =>
        RandomCrop.Crop(new(picture, []), left, 0, 64, 64).Image;

    private static RgbImage Noise(int width, int height, int seed)
    {
        var pixels = new byte[3 * width * height];
        new Random(seed).NextBytes(pixels);
        return new(width, height, pixels);
    }
}
