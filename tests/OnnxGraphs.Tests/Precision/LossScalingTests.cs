using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Optimizers;
using OnnxGraphs.Precision;
using OnnxGraphs.Tests.Artifacts;
using OnnxGraphs.Training;

namespace OnnxGraphs.Tests.Precision;

/// <summary>The scale of the loss: it falls at an overflow, rises after good steps, and is part of the state.</summary>
[TestClass]
public sealed class LossScalingTests
{
    [TestMethod]
    public void AStepThatOverflowsChangesNothingButTheScale()
    {
        using var run = Start(new(Initial: 1e30f));
        var (weights, moment) = (run.Read(0), run.Read(1));
        Assert.IsTrue(float.IsFinite(run.Step(1e-3f)));
        CollectionAssert.AreEqual(weights, run.Read(0));
        CollectionAssert.AreEqual(moment, run.Read(1));
        Assert.AreEqual(new LossScaleState(0.5f * 1e30f, 0, 1), run.LossScale);
    }

    [TestMethod]
    public void TheScaleFallsUntilGradientsFitAndTheRunGoesOn()
    {
        using var run = Start(new(Initial: MathF.Pow(2, 40)));
        var first = run.Step(1e-3f);
        for (var step = 0; run.LossScale!.GoodSteps == 0 && step < 40; step++)
            run.Step(1e-3f);
        Assert.AreEqual(MathF.Pow(2, 40 - run.LossScale.Skipped), run.LossScale.Scale);
        Assert.IsInRange(5, 35, run.LossScale.Skipped);
        for (var step = 0; step < 30; step++)
            run.Step(1e-3f);
        Assert.IsLessThan(0.9f * first, run.Step(1e-3f));
    }

    // Adam's correction of its moments counts the steps that were taken: as if the skipped ones had not been.
    [TestMethod]
    public void SkippedStepsLeaveNoTraceInTheOptimizer()
    {
        using var late = Start(new(Initial: MathF.Pow(2, 40)));
        while (late.LossScale!.GoodSteps == 0)
            late.Step(1e-3f);
        using var direct = Start(new(Initial: late.LossScale.Scale));
        direct.Step(1e-3f);
        CollectionAssert.AreEqual(direct.Read(0), late.Read(0));
    }

    [TestMethod]
    public void AfterGoodStepsTheScaleDoubles()
    {
        using var run = Start(new(Initial: 8, GrowthInterval: 3));
        float[] scales = [8, 8, 16, 16, 16, 32];
        foreach (var (step, scale) in scales.Index())
        {
            run.Step(1e-3f);
            Assert.AreEqual(new LossScaleState(scale, (step + 1) % 3, 0), run.LossScale);
        }
    }

    [TestMethod]
    public void TheScaleStopsAtItsFloor()
    {
        using var run = Start(new(Initial: 1e34f, Floor: 4e33f));
        for (var step = 0; step < 3; step++)
            run.Step(1e-3f);
        Assert.AreEqual(new LossScaleState(4e33f, 0, 3) { IsAtFloor = true }, run.LossScale);
    }

    [TestMethod]
    public void AScaleChangesTheGradientOnlyByRounding()
    {
        using var one = Start(new(Initial: 1));
        using var other = Start(new(Initial: 1024));
        one.Step(1e-3f);
        other.Step(1e-3f);
        Close.AreEqual(one.Read(1), other.Read(1), 1e-3f, "first moment");
    }

    [TestMethod]
    public void ResumesBitForBit()
    {
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        var scaling = new LossScaling(Initial: MathF.Pow(2, 28), GrowthInterval: 3);
        using var whole = Start(scaling);
        for (var step = 0; step < 12; step++)
            whole.Step(1e-3f);
        using (var first = Start(scaling))
        {
            for (var step = 0; step < 5; step++)
                first.Step(1e-3f);
            Assert.IsGreaterThan(0, first.LossScale!.Skipped);
            first.Save().Save(path);
        }
        using var second = Start(scaling);
        second.Restore(Checkpoint.Load(path));
        for (var step = 5; step < 12; step++)
            second.Step(1e-3f);
        CollectionAssert.AreEqual(whole.Read(0), second.Read(0));
        Assert.AreEqual(whole.LossScale, second.LossScale);
        File.Delete(path);
    }

    [TestMethod]
    public void ACheckpointOfAnotherPrecisionIsRefused()
    {
        using var scaled = Start(new());
        using var plain = new TrainingRun(Build(StepPrecision.Float32, new()), SmallNetwork.Model());
        Assert.IsNull(plain.LossScale);
        foreach (var (to, from) in new[] { (scaled, plain), (plain, scaled) })
            StringAssert.Contains(Assert.ThrowsExactly<ModelException>(() => to.Restore(from.Save())).Message,
                "resume with the precision that wrote it");
    }

    [TestMethod]
    [DataRow(0.5f, 2000, 1f, "LossScaling.Initial is 0.5; expected at least the floor, 1.")]
    [DataRow(8f, 0, 1f, "LossScaling.GrowthInterval is 0; expected at least 1 step.")]
    [DataRow(8f, 2000, 0f, "LossScaling.Floor is 0; expected a positive number.")]
    public void SettingsOutOfRangeAreRefused(float initial, int interval, float floor, string message)
    {
        var error = Assert.ThrowsExactly<ArgumentException>(
            () => Build(StepPrecision.Float16, new(initial, interval, floor)));
        Assert.AreEqual(message, error.Message);
    }

    [TestMethod]
    public void BFloat16NeedsNoScale()
    {
        var graph = Build(StepPrecision.BFloat16, new());
        Assert.IsNull(graph.Scaling);
        Assert.DoesNotContain(TrainingGraph.LossScale, graph.Vectors);
    }

    private static TrainingGraph Build(StepPrecision precision, LossScaling scaling) => TrainingGraph.Build(
        SmallNetwork.Model(), [SmallNetwork.Head], SmallNetwork.Loss, new AdamW(),
        new() { Precision = precision, LossScaling = scaling });

    private static TrainingRun Start(LossScaling scaling)
    {
        var run = new TrainingRun(Build(StepPrecision.Float16, scaling), SmallNetwork.Model());
        var data = SmallNetwork.Data(1);
        data[0].Values<float>().CopyTo(run.Input<float>(SmallNetwork.Input));
        data[1].Values<float>().CopyTo(run.Input<float>(SmallNetwork.Target));
        return run;
    }
}
