using MLNet.Detection.Augmentation;
using MLNet.Detection.Data;
using MLNet.Detection.Detectors;
using MLNet.Detection.Heads;
using MLNet.Detection.Training;
using OnnxGraphs.Runtime;

namespace MLNet.Detection.Tests.Training;

/// <summary>Batches that are made while steps run.</summary>
[TestClass]
public sealed class OverlapTests
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(1);

    [TestMethod]
    [DataRow(1, false)]
    [DataRow(3, false)]
    [DataRow(0, true)]
    [DataRow(1, true)]
    [DataRow(3, true)]
    public void Workers_and_fixed_buffers_change_no_bit(int workers, bool staged)
    {
        using var run = new SmallRun();
        var inTurn = run.Fit(Options(workers: 0));
        var ahead = run.Fit(Options(workers, device: Device.Cpu with { FixedBuffers = staged }));
        CollectionAssert.AreEqual(SmallRun.Weights(inTurn.Detector), SmallRun.Weights(ahead.Detector));
        CollectionAssert.AreEqual(inTurn.History.Select(epoch => epoch.Loss).ToArray(),
            ahead.History.Select(epoch => epoch.Loss).ToArray());
    }

    // Targets that depend on the step's own predictions are written between its halves.
    [TestMethod]
    [DataRow(0, false)]
    [DataRow(0, true)]
    [DataRow(2, false)]
    [DataRow(2, true)]
    public void So_do_heads_that_match_predictions(int workers, bool staged)
    {
        using var run = new SmallRun();
        var detector = new DetectorImport
        {
            Head = new YoloxHead(), ClassOutput = "output", BoxOutput = "output", Classes = SmallRun.Classes,
        }.Load(References.PathOf("heads", "yolox.onnx"));
        var inTurn = run.Fit(Options(workers: 0, detector: detector)).History;
        var ahead = run.Fit(Options(workers, device: Device.Cpu with { FixedBuffers = staged },
            detector: detector)).History;
        CollectionAssert.AreEqual(inTurn.Select(epoch => epoch.Loss).ToArray(),
            ahead.Select(epoch => epoch.Loss).ToArray());
    }

    [TestMethod]
    [TestCategory("Cuda")]
    [DataRow(false)]
    [DataRow(true)]
    public void A_gpu_learns_the_same(bool capture)
    {
        var gpu = Device.Parse("cuda") with { Tf32 = false, CaptureGraph = capture };
        try
        {
            gpu.CreateSessionOptions().Dispose();
        }
        catch (InvalidOperationException error)
        {
            Assert.Inconclusive(error.Message);
        }
        using var run = new SmallRun();
        var expected = run.Fit(Options(workers: 0)).History;
        var found = run.Fit(Options(workers: 2, device: gpu, reportEvery: 1));
        for (var epoch = 0; epoch < expected.Count; epoch++)
            Assert.AreEqual(expected[epoch].Loss, found.History[epoch].Loss, 1e-3f * expected[epoch].Loss);
        Assert.IsNotNull(found.Placement);
    }

    // Twelve pictures are three steps an epoch: while one is taken, the next ones are in the making, those of the next
    // epoch too.
    [TestMethod]
    [DataRow(1)]
    [DataRow(2)]
    public void The_next_batches_are_made_while_a_step_runs(int workers)
    {
        using var run = new SmallRun();
        using var pictures = new Counter();
        var starved = new List<int>();
        run.Fit(Options(workers, change: pictures, progress: new SmallRun.Told(now =>
        {
            // Pictures of the batches, of five and of two at the end of an epoch, that are due when this step has been taken.
            var due = Math.Min(24, Enumerable.Range(0, now.Step + workers).Sum(step => step % 3 == 2 ? 2 : 5));
            if (!pictures.Reaches(due, Long))
                starved.Add(now.Step);
        })));
        Assert.IsEmpty(starved);
    }

    [TestMethod]
    public void Without_workers_every_picture_is_waited_for()
    {
        using var run = new SmallRun(val: 0);
        var slow = TimeSpan.FromMilliseconds(5);
        var result = run.Fit(Options(workers: 0, change: new Pause(slow)));
        foreach (var epoch in result.History)
        {
            Assert.IsGreaterThanOrEqualTo(12 * slow, epoch.Waited);
            Assert.IsGreaterThanOrEqualTo(epoch.Waited, epoch.Duration);
        }
    }

    [TestMethod]
    [DataRow(0)]
    [DataRow(1)]
    [DataRow(3)]
    public void What_goes_wrong_in_a_worker_ends_the_run(int workers)
    {
        using var run = new SmallRun(val: 0);
        var error = Assert.ThrowsExactly<NotSupportedException>(() => run.Fit(Options(workers, change: new Broken())));
        Assert.AreEqual("broken", error.Message);
    }

    [TestMethod]
    public void Losses_are_reported_as_often_as_wanted()
    {
        using var run = new SmallRun(val: 0);
        var (told, all) = (new List<int>(), run.Fit(Options(workers: 1)));
        var some = run.Fit(Options(workers: 1, reportEvery: 2, workspace: run.Folder("some"),
            progress: new SmallRun.Told(now =>
            {
                if (now.Finished is null)
                    told.Add(now.Step);
            })));
        int[] expected = [2, 3, 4, 6];
        CollectionAssert.AreEqual(expected, told);
        var log = TrainingLog.Read(run.Folder("some/log.csv"));
        CollectionAssert.AreEqual(expected, log.Steps.Select(step => step.Step).ToArray());
        Assert.AreEqual(log.Steps.Take(2).Average(step => step.Loss), some.History[0].Loss, 1e-5);
        CollectionAssert.AreEqual(SmallRun.Weights(all.Detector), SmallRun.Weights(some.Detector));
    }

    private static FineTuneTrainer.Options Options(int workers, Device? device = null, DetectorModel? detector = null,
        IAugmentation? change = null, IProgress<TrainingProgress>? progress = null, int? reportEvery = null,
        string? workspace = null) => new()
        {
            Detector = detector ?? SmallRun.Detector, Epochs = 2, BatchSize = 5, Seed = 3, Workers = workers,
            Device = device, Progress = progress, Augmentations = change is null ? [] : [change],
            ReportEvery = reportEvery, WorkspacePath = workspace,
        };

    private sealed class Counter : IAugmentation, IDisposable
    {
        private readonly SemaphoreSlim _seen = new(0);
        private int _taken;

        public LabeledPicture Apply(LabeledPicture picture, Random random)
        {
            _seen.Release();
            return picture;
        }

        public bool Reaches(int count, TimeSpan within)
        {
            for (; _taken < count; _taken++)
                if (!_seen.Wait(within))
                    return false;
            return true;
        }

        public void Dispose() => _seen.Dispose();
    }

    private sealed class Pause(TimeSpan time) : IAugmentation
    {
        public LabeledPicture Apply(LabeledPicture picture, Random random)
        {
            Thread.Sleep(time);
            return picture;
        }
    }

    private sealed class Broken : IAugmentation
    {
        public LabeledPicture Apply(LabeledPicture picture, Random random) => throw new NotSupportedException("broken");
    }
}
