using MLNet.Detection.Augmentation;
using MLNet.Detection.Data;
using MLNet.Detection.Training;
using MLNet.Detection.Tests.Training.Parts;

namespace MLNet.Detection.Tests.Training;

[TestClass]
public sealed class PictureCacheTests
{
    // Less than the six pictures of a small set take, and more than one.
    private const long Some = 30_000;

    private readonly SmallRun _run = new();

    [TestCleanup]
    public void Remove() => _run.Dispose();

    [TestMethod]
    [DataRow("4GB", 4_000_000_000L, false)]
    [DataRow("0.5 GB", 500_000_000L, false)]
    [DataRow("750mb", 750_000_000L, false)]
    [DataRow("0", 0L, false)]
    [DataRow("disk", 0L, true)]
    [DataRow("20KB, disk", 20_000L, true)]
    public void SizesAreRead(string text, long bytes, bool disk) =>
        Assert.AreEqual(new PictureCache(bytes, disk), PictureCache.Parse(text));

    [TestMethod]
    [DataRow("")]
    [DataRow("much")]
    [DataRow("-1GB")]
    [DataRow("1GB,2GB")]
    [DataRow("disk,disk")]
    [DataRow("1GB,disk,disk")]
    [DataRow("99999999999999GB")]
    public void WhatIsNoSizeIsRefused(string text) =>
        StringAssert.Contains(Assert.ThrowsExactly<FormatException>(() => PictureCache.Parse(text)).Message, "4GB,disk");

    public static IEnumerable<object[]> Caches =>
        from bytes in new long[] { 0, Some, 1_000_000_000 } from disk in new[] { false, true } select new object[] { bytes, disk };

    [TestMethod]
    [DynamicData(nameof(Caches))]
    public void WhatIsLearntDoesNotDependOnIt(long bytes, bool disk)
    {
        var options = _run.Options(epochs: 3, validate: true) with { Mix = new Mosaic(64, 64), CloseMixEpochs = 1, Workers = 2 };
        var usual = _run.Fit(options);
        var other = _run.Fit(options with { Cache = new(bytes, disk) });
        CollectionAssert.AreEqual(Moved.Weights(usual.Detector), Moved.Weights(other.Detector));
        foreach (var (one, two) in usual.History.Zip(other.History))
        {
            Assert.AreEqual(one.Loss, two.Loss);
            Assert.AreEqual(one.Validation!.MAP50_95, two.Validation!.MAP50_95);
        }
    }

    // Annotations that exchange width and height: boxes that stay inside of both are the same.
    [TestMethod]
    public void ThePicturesOwnSizeCounts()
    {
        var swapped = SmallRun.With(_run.Train, _run.Train.Images.Select(image => image with
        {
            Width = image.Height, Height = image.Width, Boxes = [.. image.Boxes.Where(label => label.Box.X1 < 40)],
        }));
        var options = _run.Options(epochs: 2);
        CollectionAssert.AreEqual(Moved.Weights(_run.Fit(options, swapped).Detector),
            Moved.Weights(_run.Fit(options with { Cache = new(0) }, swapped).Detector));
    }

    [TestMethod]
    public void TheNextPictureStandsInForOneThatCannotBeRead()
    {
        var images = _run.Train.Images;
        File.WriteAllText(images[3].Path, "this is no picture");
        File.WriteAllText(_run.Val.Images[1].Path, "nor is this");
        var replaced = SmallRun.With(_run.Train, images.Select((image, i) => i == 3 ? images[4] with { Id = image.Id } : image));
        var kept = SmallRun.With(_run.Val, _run.Val.Images.Where((_, i) => i != 1));
        var options = _run.Options(epochs: 2, validate: true, sampler: new SmallRun.InOrder()) with { Cache = new(0) };
        var found = _run.Fit(options);
        var expected = _run.Fit(options with { ValidationSet = new DetectionDataView(kept) }, replaced);
        CollectionAssert.AreEqual(Moved.Weights(expected.Detector), Moved.Weights(found.Detector));
        Assert.AreEqual(expected.History[^1].Validation!.MAP50, found.History[^1].Validation!.MAP50);
        Assert.HasCount(2, found.SkippedImages);
        StringAssert.Contains(found.SkippedImages[0], images[3].FileName);
        StringAssert.Contains(found.SkippedImages[1], _run.Val.Images[1].FileName);
    }

    // The last of the files is missing; a run that looked at it before the first step would have left it out.
    [TestMethod]
    public void ManyFilesAreNotDecodedBeforeTheFirstStep()
    {
        var images = _run.Train.Images;
        var many = SmallRun.With(_run.Train, Enumerable.Range(0, 2001).Select(i => images[i % images.Length] with
        {
            Id = i, Path = i < 2000 ? images[i % images.Length].Path : _run.Folder("none.png"),
        }));
        using var stop = new CancellationTokenSource();
        var steps = 0;
        var progress = new SmallRun.Told(told =>
        {
            steps = told.Steps;
            stop.Cancel();
        });
        Assert.ThrowsExactly<OperationCanceledException>(() => _run.Fit(
            _run.Options(epochs: 1, batch: 1, sampler: new SmallRun.InOrder(), progress: progress, cancel: stop.Token), many));
        Assert.AreEqual(2001, steps);
    }
}
