using OnnxGraphs.Graphs;
using OnnxGraphs.Losses;
using OnnxGraphs.Models;
using OnnxGraphs.Ops;
using OnnxGraphs.Optimizers;
using OnnxGraphs.Runtime;
using OnnxGraphs.Training;

namespace OnnxGraphs.Tests.Training;

/// <summary>
/// Sets of inputs that are filled ahead, and steps that read fixed buffers as on a GPU: the same numbers to the bit.
/// </summary>
[TestClass]
public class StagedStepTests
{
    private const string Folder = "References/13_training";
    private const int Steps = 10;

    private static readonly Device Staged = Device.Cpu with { FixedBuffers = true };

    [TestMethod]
    [DataRow(false, false)]
    [DataRow(false, true)]
    [DataRow(true, false)]
    [DataRow(true, true)]
    public void SetsAreStepsInTurn(bool halves, bool staged)
    {
        using var plain = Start(Device.Cpu, halves);
        using var run = Start(staged ? Staged : Device.Cpu, halves);
        for (var step = 0; step < Steps; step++)
        {
            Fill(plain, step, set: 0);
            Fill(run, step, set: step % 3);
            Assert.AreEqual(plain.Step(0.01f), run.Step(0.01f, step % 3), $"loss of step {step}");
            Assert.AreEqual(plain.Term("retinanet"), run.Term("retinanet"), $"term of step {step}");
        }
        CollectionAssert.AreEqual(plain.Read(0), run.Read(0));
        CollectionAssert.AreEqual(plain.Read(1), run.Read(1));
    }

    // As a loop does it: the next set is filled and staged while a step works on another.
    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void AnotherThreadStagesTheNextStep(bool staged)
    {
        using var plain = Start(Device.Cpu, halves: false);
        using var run = Start(staged ? Staged : Device.Cpu, halves: false);
        var next = Stage(0);
        for (var step = 0; step < Steps; step++)
        {
            next.GetAwaiter().GetResult();
            next = Stage(step + 1);
            run.Advance(0.01f, step % 2);
            Fill(plain, step, set: 0);
            Assert.AreEqual(plain.Step(0.01f), run.Term(TrainingGraph.Loss), $"loss of step {step}");
        }
        next.GetAwaiter().GetResult();
        CollectionAssert.AreEqual(plain.Read(0), run.Read(0));

        Task Stage(int step) => Task.Run(() =>
        {
            Fill(run, step, step % 2);
            run.Stage(step % 2, step);
        });
    }

    // The same loop on a GPU: new data must arrive in each step, graphs included.
    [TestMethod]
    [TestCategory("Cuda")]
    [DataRow(false, false)]
    [DataRow(false, true)]
    [DataRow(true, false)]
    [DataRow(true, true)]
    public void AGpuTakesTheSameSteps(bool halves, bool capture)
    {
        Gpu.Require();
        using var plain = Start(Device.Cpu, halves);
        using var run = Start(Gpu.Device with { Tf32 = false, CaptureGraph = capture }, halves);
        for (var step = 0; step < Steps; step++)
        {
            Fill(plain, step, set: 0);
            Fill(run, step, step % 2);
            run.Stage(step % 2, step);
            var expected = plain.Step(0.01f);
            Assert.AreEqual(expected, run.Step(0.01f, step % 2), 1e-4f * expected, $"loss of step {step}");
        }
        foreach (var (a, b) in plain.Read(0).Zip(run.Read(0)))
            Assert.AreEqual(a, b, 1e-4f);
    }

    [TestMethod]
    public void AStagedStepReadsWhatWasStaged()
    {
        using var plain = Start(Staged, halves: false);
        using var run = Start(Staged, halves: false);
        Fill(plain, 0, set: 0);
        Fill(run, 0, set: 0);
        run.Stage(0, step: 0);
        Fill(run, 1, set: 0);
        Assert.AreEqual(plain.Step(0.01f), run.Step(0.01f), "the step has a buffer of its own");
        Fill(plain, 1, set: 0);
        Assert.AreEqual(plain.Step(0.01f), run.Step(0.01f), "what was not staged is, when its step begins");
    }

    [TestMethod]
    public void ARestoredRunForgetsWhatWasStaged()
    {
        using var run = Start(Staged, halves: false);
        Fill(run, 0, set: 0);
        var start = run.Save();
        var loss = run.Step(0.01f);
        Fill(run, 1, set: 0);
        run.Stage(0, step: 1);
        run.Stage(0, step: 2);
        run.Restore(start);
        Fill(run, 0, set: 0);
        Assert.AreEqual(loss, run.Step(0.01f));
    }

    // The vectors of an even step lie elsewhere than those of an odd one.
    [TestMethod]
    [DataRow(1)]
    [DataRow(2)]
    public void ARunGoesOnFromAnyStep(int after)
    {
        using var whole = Start(Staged, halves: false);
        Fill(whole, 0, set: 0);
        for (var step = 0; step < after; step++)
            whole.Step(0.01f);
        using var rest = Start(Staged, halves: false);
        Fill(rest, 0, set: 0);
        rest.Restore(whole.Save());
        Assert.AreEqual(whole.Step(0.01f), rest.Step(0.01f));
        CollectionAssert.AreEqual(whole.Read(0), rest.Read(0));
    }

    [TestMethod]
    [DataRow(-1)]
    [DataRow(2)]
    public void OnlyTheNextTwoStepsAreStaged(int step)
    {
        using var run = Start(Staged, halves: false);
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => run.Stage(0, step)).Message,
            "expected 0, the next one, or 1");
    }

    [TestMethod]
    public void ASetBelowZeroIsRefused()
    {
        using var run = Start(Device.Cpu, halves: false);
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => run.Input<float>("images", -1));
    }

    private static TrainingRun Start(Device device, bool halves)
    {
        var model = OnnxModel.Load(Path.Combine(Folder, "tiny_retinanet.onnx"));
        var graph = TrainingGraph.Build(model, ["cls_logits", "bbox_regression"], (graph, heads) =>
        {
            if (halves)
                graph.Output("seen", heads[0]);
            var target = graph.Input("y_true", 2, 128, 5);
            var loss = new RetinaNetLoss().Of(Op.Concat([heads[1], heads[0]], 2), target);
            return new Dictionary<string, Var> { ["retinanet"] = loss };
        },
        new Sgd(0.9f), new() { InputShapes = new Dictionary<string, TensorShape> { ["images"] = new(2, 3, 32, 32) } });
        return new(graph, model, device);
    }

    // Pictures that differ from step to step.
    private static void Fill(TrainingRun run, int step, int set)
    {
        BinaryFile.Pixels(Path.Combine(Folder, "images.u8.bin"), 1 / (64f + step), -2).CopyTo(
            run.Input<float>("images", set));
        BinaryFile.Floats(Path.Combine(Folder, "y_true.bin")).CopyTo(run.Input<float>("y_true", set));
    }
}
