using OnnxGraphs.Artifacts;
using OnnxGraphs.Optimizers;
using OnnxGraphs.Runtime;
using OnnxGraphs.Training;

namespace OnnxGraphs.Tests.Artifacts;

/// <summary>With the stock native library, which cannot train: found out and said, and the process lives on.</summary>
[TestClass]
public sealed class OrtTrainingBackendTests
{
    [TestMethod]
    public void SaysThatTheLibraryWasBuiltWithoutTraining()
    {
        if (OrtTraining.WhyNot() is not { } reason)
        {
            Assert.Inconclusive("The native library here was built with training.");
            return;
        }
        StringAssert.Contains(reason, "was built without training");
        StringAssert.Contains(reason, "Microsoft.ML.OnnxRuntime.Training");
    }

    // The managed binding would end the process here.
    [TestMethod]
    public void SaysThatTheLibraryIsOlderThanTheBinding() =>
        StringAssert.Contains(OrtTraining.WhyNot(bindingApi: 999), "is older than the managed binding");

    [TestMethod]
    public void RefusesToStartAndWritesNothing()
    {
        if (OrtTraining.WhyNot() is null)
            Assert.Inconclusive("The native library here was built with training.");
        var error = Assert.ThrowsExactly<InvalidOperationException>(() => Start(new OrtTrainingBackend()));
        StringAssert.Contains(error.Message, "OrtTrainingBackend cannot be used. ONNX Runtime");
    }

    // Where such a library is installed: the same weights as our own step, and both go on from the same checkpoint.
    [TestMethod]
    public void FollowsOurStepWhereTheLibraryCanTrain()
    {
        if (OrtTraining.WhyNot() is { } reason)
            Assert.Inconclusive(reason);
        using var official = Start(new OrtTrainingBackend());
        using var own = Start(new StepBackend());
        Together(official, own, 0, 3);
        var (saved, ours) = (official.Save(), own.Save());
        Close.AreEqual(ours.Vectors["training/second_moment"], saved.Vectors["training/second_moment"], 1e-5f);
        official.Restore(ours);
        own.Restore(saved);
        Together(official, own, 3, 6);
        Close.AreEqual(own.Read(0), official.Read(0), 1e-5f);
    }

    private static void Together(ITrainingRun a, ITrainingRun b, int from, int to)
    {
        for (var step = from; step < to; step++)
            Assert.AreEqual(Step(a, step), Step(b, step), 1e-4f, $"loss of step {step}");
    }

    private static float Step(ITrainingRun run, int seed)
    {
        var data = SmallNetwork.Data(seed);
        data[0].Values<float>().CopyTo(run.Input<float>(SmallNetwork.Input));
        data[1].Values<float>().CopyTo(run.Input<float>(SmallNetwork.Target));
        return run.Step(1e-2f);
    }

    private static ITrainingRun Start(ITrainingBackend backend) => backend.Start(
        SmallNetwork.Model(), [SmallNetwork.Head], SmallNetwork.Loss, new AdamW(), new(), Device.Cpu);
}
