using MLNet.Detection.Builtin;
using MLNet.Detection.Data;
using MLNet.Detection.Detectors;
using MLNet.Detection.Tests.Data;
using MLNet.Detection.Tests.Heads;
using MLNet.Detection.Training;
using Microsoft.ML;
using OnnxGraphs.Models;
using OnnxGraphs.Training;

namespace MLNet.Detection.Tests.Training;

/// <summary>Steps that take pictures of several sizes.</summary>
[TestClass]
public sealed class MultiScaleTests
{
    private static readonly MultiScale Sizes = new() { Sizes = [(64, 64), (96, 96)] };

    // The pictures are as large as the larger size, so that both runs shrink them alike; a step of the whole set shows
    // anchors, targets and gradient of the size that chance draws.
    [TestMethod]
    public void A_step_of_each_size_is_that_of_a_detector_of_that_size()
    {
        using var folder = new TemporaryFolder();
        var data = Shapes(folder, 96);
        var (small, large) = (Learnt(data, Small(64), seed: 0), Learnt(data, Small(96), seed: 0));
        var drawn = new HashSet<int>();
        for (var seed = 0; seed < 6; seed++)
        {
            var both = Learnt(data, Small(64), seed, Sizes);
            var own = new[] { 64, 96 }.Where(side => both.SequenceEqual(Learnt(data, Small(side), seed))).ToList();
            Assert.HasCount(1, own, $"seed {seed} gives the step of one size");
            drawn.Add(own[0]);
        }
        CollectionAssert.AreNotEqual(small, large);
        Assert.HasCount(2, drawn, "chance draws one size only");
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(4)]
    public void A_resumed_run_draws_the_same_sizes(int after)
    {
        using var run = new SmallRun();
        FineTuneTrainer.Options Options(string workspace, string? resume = null, Action<int>? step = null,
            CancellationToken cancel = default) => run.Options(epochs: 3, workspace: workspace, resume: resume,
                detector: Small(64), progress: new SmallRun.Told(now => step?.Invoke(now.Step)), cancel: cancel, validate: true)
                with { MultiScale = Sizes };
        var whole = run.Fit(Options("whole"));
        using var stop = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() => run.Fit(Options("part", step: step =>
        {
            if (step == after)
                stop.Cancel();
        }, cancel: stop.Token)));
        var resumed = run.Fit(Options("part", resume: "part/checkpoint.safetensors"));
        CollectionAssert.AreEqual(SmallRun.Weights(whole.Detector), SmallRun.Weights(resumed.Detector));
        CollectionAssert.AreEqual(Losses("whole"), Losses("part"));
        Assert.AreEqual(64, resumed.Detector.Resize.Width);
        var error = Assert.ThrowsExactly<ModelException>(() =>
            run.Fit(Options("part", resume: "part/checkpoint.safetensors") with { MultiScale = null }));
        StringAssert.Contains(error.Message, "picture_sizes = 64x64 96x96, this run has 64x64");

        double[] Losses(string name) =>
            [.. TrainingLog.Read(run.Folder($"{name}/log.csv")).Steps.Select(step => step.Loss)];
    }

    [TestMethod]
    [DataRow(0)]
    [DataRow(3)]
    public void Workers_and_fixed_buffers_change_no_bit(int workers)
    {
        using var run = new SmallRun();
        FineTuneTrainer.Options Options(int workers, bool buffers) => run.Options(epochs: 3, detector: Small(64)) with
        {
            MultiScale = Sizes, Workers = workers, Device = OnnxGraphs.Runtime.Device.Cpu with { FixedBuffers = buffers },
        };
        CollectionAssert.AreEqual(SmallRun.Weights(run.Fit(Options(1, false)).Detector),
            SmallRun.Weights(run.Fit(Options(workers, true)).Detector));
    }

    [TestMethod]
    [DataRow("fcos")]
    [DataRow("yolo")]
    [DataRow("yolox")]
    [DataRow("yolov8")]
    [DataRow("retinanet")]
    public void Heads_on_grids_learn_in_several_sizes(string name)
    {
        var detector = HeadCase.Of(name).Load();
        var result = Learn(detector, new(0.5, 2, 4), epochs: 48);
        Assert.IsLessThan(result.History.Take(12).Average(epoch => epoch.Loss),
            result.History.TakeLast(12).Average(epoch => epoch.Loss));
        Assert.AreEqual(detector.Resize, result.Detector.Resize);
        CollectionAssert.AreEqual(detector.Anchors.ToArray(), result.Detector.Anchors.ToArray());
        Assert.AreEqual(detector.ImageValue, result.Detector.ImageValue);
    }

    [TestMethod]
    public void Set_predictions_are_refused_with_what_to_do()
    {
        var error = Assert.ThrowsExactly<ModelException>(() => Learn(HeadCase.Of("detr").Load(), new(), epochs: 1));
        StringAssert.Contains(error.Message, "detr.onnx");
        StringAssert.Contains(error.Message, "without --multi-scale");
    }

    // The four pictures of the heads' exports, all in each step.
    private static FineTuneResult Learn(DetectorModel detector, MultiScale sizes, int epochs) =>
        new FineTuneTrainer(new MLContext(seed: 1), new()
        {
            Detector = detector, MultiScale = sizes, Epochs = epochs, BatchSize = 4, LearningRate = 3e-3f,
        }).Train(new DetectionDataView(HeadExport.Pictures));

    [TestMethod]
    public void Sides_that_the_strides_do_not_divide_are_refused()
    {
        using var run = new SmallRun();
        var error = Assert.ThrowsExactly<ModelException>(() => run.Fit(
            run.Options(detector: Small(64)) with { MultiScale = new() { Sizes = [(64, 64), (80, 80)] } }));
        StringAssert.Contains(error.Message, "80 x 80");
        StringAssert.Contains(error.Message, "multiples of 32");
        var narrow = Assert.ThrowsExactly<ArgumentException>(() =>
            run.Fit(run.Options(detector: Small(64)) with { MultiScale = new(0.9, 1.1) }));
        StringAssert.Contains(narrow.Message, "64 x 64");
    }

    [TestMethod]
    [DataRow("0.5:1.5", "0.5:1.5:5")]
    [DataRow("0.75:2:3", "0.75:2:3")]
    [DataRow("320,416,512", "320x320,416x416,512x512")]
    [DataRow("320x256,640x512", "320x256,640x512")]
    public void Reads_parts_and_sizes(string text, string expected) =>
        Assert.AreEqual(expected, MultiScale.Parse(text).ToString());

    [TestMethod]
    [DataRow("")]
    [DataRow("2:1")]
    [DataRow("0:1")]
    [DataRow("0.5:1:1")]
    [DataRow("640")]
    [DataRow("640,640")]
    [DataRow("640,-1")]
    [DataRow("a:b")]
    public void Refuses_other_texts(string text) =>
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => MultiScale.Parse(text)).Message, "0.5:1.5");

    private static DetectorModel Small(int side) => new SmallDetector
    {
        Classes = SmallRun.Classes, Width = side, Height = side, StageChannels = [4, 8, 8, 8, 8], PyramidChannels = 8,
    }.Build();

    private static DetectionDataView Shapes(TemporaryFolder folder, int side)
    {
        var files = ShapesGenerator.Write(folder.File("data"),
            new() { Width = side, Height = side, Train = 6, Val = 0, Test = 0, MaxShapes = 3 });
        return new(CocoDataset.Load(files.Train, files.Images));
    }

    // In their order: pictures that are mirrored before they shrink have other last bits.
    private static float[] Learnt(DetectionDataView data, DetectorModel detector, int seed, MultiScale? sizes = null) =>
        SmallRun.Weights(new FineTuneTrainer(new MLContext(seed: 1), new()
        {
            Detector = detector, MultiScale = sizes, Seed = seed, Epochs = 1, BatchSize = 6, WarmUpEpochs = 0,
            LearningRate = 1e-3f, Decoding = new(), Sampler = new SmallRun.InOrder(),
        }).Train(data).Detector);
}
