using Microsoft.ML;
using MLNet.Detection.Builtin;
using MLNet.Detection.Segmentation;
using MLNet.Detection.Training;
using OnnxGraphs.Runtime;

namespace MLNet.Detection.Tests.Training;

/// <summary>The largest batch whose steps fit into memory.</summary>
[TestClass, DoNotParallelize]
public sealed class BatchFitTests
{
    private const long Gigabyte = 1_000_000_000;

    private static readonly MLContext Ml = new(seed: 1);

    private static readonly FineTuneTrainer.Options Options =
        new() { Detector = new SmallDetector { Classes = ["a", "b"], Width = 160, Height = 160 }.Build() };

    [TestMethod]
    public void All_pictures_at_once_where_there_is_room()
    {
        var fit = BatchFit.Of(Ml, Options, most: 3, budget: 64 * Gigabyte);
        Assert.AreEqual(3, fit.BatchSize);
        Assert.IsTrue(fit.Fits);
        StringAssert.Contains($"{fit}", "batch 3: ");
        StringAssert.Contains($"{fit}", "of 64000 MB");
    }

    // A budget half way between what small and large batches take.
    [TestMethod]
    public void As_many_as_the_budget_allows()
    {
        var roomy = BatchFit.Of(Ml, Options, most: 48, budget: 64 * Gigabyte);
        Assert.AreEqual(48, roomy.BatchSize);
        var budget = (roomy.Measured[0].Bytes + roomy.Taken) / 2;
        var fit = BatchFit.Of(Ml, Options, most: 48, budget);
        Assert.IsTrue(fit.Fits, $"{fit}");
        Assert.AreEqual(budget, fit.Budget);
        Assert.IsTrue(fit.BatchSize is > 4 and < 48, $"{fit}");
        Assert.AreEqual(fit.BatchSize, fit.Measured[^1].BatchSize, "the chosen batch was tried");
    }

    [TestMethod]
    public void One_picture_that_does_not_fit_is_no_fit()
    {
        var fit = BatchFit.Of(Ml, Options, most: 8, budget: 1 << 20);
        Assert.AreEqual(1, fit.BatchSize);
        Assert.IsFalse(fit.Fits);
    }

    [TestMethod]
    public void Sizes_passes_and_segmentation_are_measured_too()
    {
        var scaled = Options with { MultiScale = new() { Sizes = [(96, 96), (160, 160)] } };
        Assert.AreEqual(2, BatchFit.Of(Ml, scaled, most: 2, budget: 64 * Gigabyte).BatchSize);
        Assert.AreEqual(2, BatchFit.Of(Ml, Options with { Accumulate = 2 }, most: 2, budget: 64 * Gigabyte).BatchSize);
        var unet = new SmallUNet { Classes = ["a"], Width = 64, Height = 64 }.Build();
        var segmentation = new SegmentationTrainer.Options { Segmenter = unet, Balance = ClassBalance.Median };
        Assert.AreEqual(2, BatchFit.Of(Ml, segmentation, most: 2, budget: 64 * Gigabyte).BatchSize);
    }

    [TestMethod]
    public void Free_memory_is_more_than_what_the_process_has() =>
        Assert.IsGreaterThan(0L, BatchFit.Available - Environment.WorkingSet / 2);

    [TestMethod]
    public void Memory_of_devices_is_not_measured() => StringAssert.Contains(Assert.ThrowsExactly<NotSupportedException>(
        () => BatchFit.Of(Ml, Options with { Device = Device.Parse("cuda:0") }, most: 8)).Message, "--batch");

    [TestMethod]
    [DataRow("4GB", 4_000_000_000)]
    [DataRow("512 MB", 512_000_000)]
    [DataRow("1.5gb", 1_500_000_000)]
    public void Reads_amounts(string text, long bytes) => Assert.AreEqual(bytes, BatchFit.ParseBytes(text));

    [TestMethod]
    [DataRow("4")]
    [DataRow("-1GB")]
    [DataRow("manyGB")]
    [DataRow("GB")]
    public void Refuses_other_texts(string text) =>
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => BatchFit.ParseBytes(text)).Message, "4GB");
}
