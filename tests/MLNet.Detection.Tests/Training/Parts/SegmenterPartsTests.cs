using Microsoft.ML;
using MLNet.Detection.Builtin;
using MLNet.Detection.Data;
using MLNet.Detection.Evaluation.Masks;
using MLNet.Detection.Segmentation;
using MLNet.Detection.Tests.Data;
using MLNet.Detection.Training;
using OnnxGraphs.Distributed;
using OnnxGraphs.Losses;
using OnnxGraphs.Optimizers;
using OnnxGraphs.Training;

namespace MLNet.Detection.Tests.Training.Parts;

/// <summary>Steps of segmentation networks in parts, with losses that look at the whole batch.</summary>
[TestClass]
public sealed class SegmenterPartsTests
{
    private static readonly MLContext Ml = new(1);

    private readonly TemporaryFolder _folder = new();

    [TestCleanup]
    public void Remove() => _folder.Dispose();

    public static IEnumerable<object[]> Cases =>
        from loss in new[] { "ce", "focal", "dice", "dice+focal:0.5", "jaccard", "focal-tversky", "border", "border-added" }
        from form in new[] { (1, 2, 3), (2, 6, 1), (2, 4, 2), (3, 3, 2) }
        select new object[] { loss, form.Item1, form.Item2, form.Item3 };

    [TestMethod]
    [DynamicData(nameof(Cases))]
    public void TheFirstStepsGradientIsThatOfTheWholeBatch(string loss, int ranks, int batch, int passes)
    {
        var named = NamedMapLoss.Parse(loss);
        Compare(ranks, batch, passes, options => options with { Loss = named.Loss, Border = named.Border });
    }

    [TestMethod]
    public void BalancedClassesWeighTheSame() =>
        Compare(2, 2, 3, options => options with { Balance = ClassBalance.Median });

    [TestMethod]
    public void DiceOfEachPicture() => Compare(2, 4, 2, options => options with
    {
        Segmenter = Model("fcn_sigmoid"), Loss = new DiceLoss { Scope = RegionScope.Image, Smooth = 1 },
    }, MapData);

    // One term is a mean over the classes of all pixels at once, one over what sigmoids say of each.
    [TestMethod]
    public void SigmoidsToo() => Compare(2, 2, 1, options => options with
    {
        Segmenter = Model("fcn_sigmoid"), Loss = NamedMapLoss.Parse("dice+focal").Loss,
    }, MapData);

    [TestMethod]
    [DataRow("lovasz", "ByImage")]
    [DataRow("ohem", "FocalLoss")]
    public void LossesThatAreNoSumAreRefused(string loss, string remedy)
    {
        var error = Assert.ThrowsExactly<ArgumentException>(() => Train(
            Options() with { Loss = NamedMapLoss.Parse(loss).Loss, BatchSize = 2, Accumulate = 2 }, Shapes()));
        StringAssert.Contains(error.Message, remedy);
        StringAssert.Contains(error.Message, "in parts");
    }

    // A rate so small that no weight moves: all runs measure the same network. Of seven ranks two have no picture.
    [TestMethod]
    [DataRow(2)]
    [DataRow(3)]
    [DataRow(7)]
    public void ScoresOfSharesAreThoseOfOneProcess(int ranks)
    {
        var pictures = Shapes();
        var options = Options() with { LearningRate = 1e-30f, BatchSize = 7, ValidationSet = pictures };
        var one = (SegmentationMetrics)Train(options, pictures).History[0].Metrics!;
        var all = ThreadRanks.Run(ranks, rank => Train(options with { Backend = new StepBackend { Ranks = rank } }, pictures));
        var shared = (SegmentationMetrics)all[0].History[0].Metrics!;
        Assert.IsGreaterThan(0L, one.Confusion.Cast<long>().Sum());
        CollectionAssert.AreEqual(one.Confusion, shared.Confusion);
        CollectionAssert.AreEqual(one.Classes.ToList(), shared.Classes.ToList());
        Assert.AreEqual((one.DicePerPicture, one.Instances, one.Pictures), (shared.DicePerPicture, shared.Instances, shared.Pictures));
        Assert.IsNull(all[^1].History[0].Metrics, "rank 0 alone has the metrics");
    }

    private void Compare(int ranks, int batch, int passes,
        Func<SegmentationTrainer.Options, SegmentationTrainer.Options> change, Func<DetectionDataView>? data = null)
    {
        var (options, pictures) = (change(Options()), (data ?? Shapes)());
        var whole = Train(options with { BatchSize = batch * passes }, pictures);
        var parts = ThreadRanks.Run(ranks, rank => Train(
            options with { BatchSize = batch, Accumulate = passes, Backend = new StepBackend { Ranks = rank } }, pictures));
        foreach (var part in parts)
        {
            Assert.IsLessThan(1e-5, Moved.Apart(options.Segmenter, whole.Segmenter, part.Segmenter));
            Assert.AreEqual(whole.History[0].Loss, part.History[0].Loss, 1e-5 * (1 + whole.History[0].Loss));
        }
    }

    private static SegmentationResult Train(SegmentationTrainer.Options options, DetectionDataView data) =>
        new SegmentationTrainer(new MLContext(seed: 1), options).Train(data);

    private static SegmenterModel Model(string net) => Segmentation.MapFiles.Import(net);

    private DetectionDataView MapData() => Segmentation.MapFiles.Data(_folder, "fcn_sigmoid");

    private DetectionDataView Shapes()
    {
        var path = _folder.File("shapes");
        ShapesGenerator.Write(path, new() { Width = 48, Height = 40, Train = 5, Val = 0, Test = 1, MaxShapes = 3, Masks = true });
        return Ml.Detection().LoadMasks(path, new() { Split = "train" });
    }

    private static SegmentationTrainer.Options Options() => new()
    {
        Segmenter = new SmallUNet
        {
            Classes = [.. ShapesGenerator.Categories.Select(category => category.Name)], Width = 48, Height = 40,
            FirstChannels = 6,
        }.Build(),
        Epochs = 1, LearningRate = 1, WarmUpEpochs = 0, Decay = new LinearDecay(1),
        Optimizer = new Sgd(0) { WeightDecay = 0 }, Sampler = new SmallRun.InOrder(),
    };
}
