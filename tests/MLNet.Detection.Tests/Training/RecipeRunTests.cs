using MLNet.Detection.Augmentation;
using MLNet.Detection.Data;
using MLNet.Detection.Training;
using OnnxGraphs.Models;
using OnnxGraphs.Optimizers;

namespace MLNet.Detection.Tests.Training;

/// <summary>Recipes through the trainer: groups of weights, Muon, mixes that end.</summary>
[TestClass]
public sealed class RecipeRunTests
{
    [TestMethod]
    public void AGroupIsFrozenForItsEpochs()
    {
        using var run = new SmallRun();
        var name = OnnxGraphs.Surgery.TrainableWeights.Of(SmallRun.Detector.Model, [SmallRun.Detector.ClassValue])[0];
        float[] Weight(FineTuneResult result) =>
            result.Detector.Model.Initializers[name].ToTensor().Values<float>().ToArray();
        var start = SmallRun.Detector.Model.Initializers[name].ToTensor().Values<float>().ToArray();
        var options = run.Options(epochs: 1) with { Groups = [new WeightGroup(name) { FrozenEpochs = 1 }] };
        CollectionAssert.AreEqual(start, Weight(run.Fit(options)));
        CollectionAssert.AreNotEqual(start, Weight(run.Fit(options with { Epochs = 2 })));
        CollectionAssert.AreNotEqual(start, Weight(run.Fit(run.Options(epochs: 1))));
    }

    [TestMethod]
    public void MuonLearnsAndResumesBitForBit()
    {
        using var run = new SmallRun();
        FineTuneTrainer.Options Options(string folder, string? resume = null, IProgress<TrainingProgress>? progress = null,
            CancellationToken cancel = default) => run.Options(workspace: folder, resume: resume, progress: progress,
            cancel: cancel, optimizer: new Muon { WeightDecay = 0.01f }) with
        { Groups = [new WeightGroup { VectorsOnly = true, WeightDecay = 0 }] };
        var whole = run.Fit(Options("whole"));
        Assert.IsLessThan(whole.History[0].Loss, whole.History[^1].Loss);
        using var stop = new CancellationTokenSource();
        var steps = 0;
        Assert.ThrowsExactly<OperationCanceledException>(() => run.Fit(Options("part", cancel: stop.Token,
            progress: new SmallRun.Told(_ => { if (++steps == 2) stop.Cancel(); }))));
        var resumed = run.Fit(Options("part", "part/checkpoint.safetensors"));
        CollectionAssert.AreEqual(SmallRun.Weights(whole.Detector), SmallRun.Weights(resumed.Detector));
    }

    [TestMethod]
    public void TheLastEpochsAreNotMixed()
    {
        using var run = new SmallRun();
        var mix = new Counted();
        run.Fit(run.Options(epochs: 3) with { Mix = mix, CloseMixEpochs = 2 });
        Assert.AreEqual(run.Train.Images.Length, mix.Times);
    }

    [TestMethod]
    [DataRow("backbone.*:rate=0.1,decay=0,frozen=2", "backbone.*", 0.1f, 0f, 2, false)]
    [DataRow("onnx::Conv_1:vectors", "onnx::Conv_1", 1f, null, 0, true)]
    public void GroupsAreRead(string text, string weights, float rate, float? decay, int frozen, bool vectors) =>
        Assert.AreEqual(new WeightGroup(weights)
        {
            RateFactor = rate, WeightDecay = decay, FrozenEpochs = frozen, VectorsOnly = vectors,
        }, WeightGroup.Parse(text));

    [TestMethod]
    [DataRow("backbone.*"), DataRow(":rate=1"), DataRow("a:rate"), DataRow("a:rate=x"), DataRow("a:speed=1")]
    public void OtherTextsAreRefused(string text) => Assert.Contains("expected a glob",
        Assert.ThrowsExactly<ArgumentException>(() => WeightGroup.Parse(text)).Message);

    private sealed record Counted : IPictureMix
    {
        private int _times;

        public int Times => _times;

        public int Others => 1;

        public LabeledPicture Apply(LabeledPicture picture, IReadOnlyList<LabeledPicture> others, Random random)
        {
            Interlocked.Increment(ref _times);
            return picture;
        }
    }
}
