using Microsoft.ML.OnnxRuntime;
using MLNet.Detection.Training;
using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Optimizers;
using OnnxGraphs.Runtime;
using OnnxGraphs.Training;

namespace MLNet.Detection.Tests.Training;

/// <summary>Steps that are built while the data is read.</summary>
[TestClass]
public sealed class StartAheadTests
{
    // Data that cannot be trained on is what is said, and the steps are gone with the run.
    [TestMethod]
    public void Steps_that_nobody_takes_are_disposed()
    {
        using var run = new SmallRun(train: 2, val: 0);
        foreach (var image in run.Train.Images)
            File.WriteAllText(image.Path, "");
        var backend = new Idling();
        var error = Assert.ThrowsExactly<InvalidOperationException>(() => run.Fit(run.Options(backend: backend)));
        StringAssert.Contains(error.Message, "No image can be trained on");
        Assert.IsTrue(backend.Started!.IsDisposed);
    }

    [TestMethod]
    public void Bad_data_is_said_before_steps_that_cannot_be_built()
    {
        using var run = new SmallRun(train: 2, val: 0);
        foreach (var image in run.Train.Images)
            File.WriteAllText(image.Path, "");
        var error = Assert.ThrowsExactly<InvalidOperationException>(() => run.Fit(run.Options(backend: new Idling(fails: true))));
        StringAssert.Contains(error.Message, "No image can be trained on");
    }

    // Frozen for an epoch is frozen for as many steps as the pictures that were read make.
    [TestMethod]
    public void Steps_that_count_epochs_are_built_behind_the_data()
    {
        using var run = new SmallRun(train: 2, val: 0);
        foreach (var image in run.Train.Images)
            File.WriteAllText(image.Path, "");
        var backend = new Idling();
        var options = run.Options(backend: backend) with { Groups = [new WeightGroup("*") { FrozenEpochs = 1 }] };
        Assert.ThrowsExactly<InvalidOperationException>(() => run.Fit(options));
        Assert.IsNull(backend.Started);
    }

    private sealed class Idling(bool fails = false) : ITrainingBackend
    {
        public Idle? Started { get; private set; }

        public ITrainingRun Start(OnnxModel model, IReadOnlyList<string> heads, LossBuilder loss, Optimizer optimizer,
            TrainingGraphOptions options, Device device) =>
            Started = fails ? throw new ModelException("no gradient") : new Idle();
    }

    private sealed class Idle : ITrainingRun
    {
        public bool IsDisposed { get; private set; }

        public ParameterLayout Layout => throw new NotSupportedException();

        public IReadOnlyList<Var> Data => [];

        public IReadOnlyList<string> Terms => [];

        public Device Device => Device.Cpu;

        public NodePlacement? Placement => null;

        public int Steps => 0;

        public Span<T> Input<T>(string name, int set = 0) where T : unmanaged => throw new NotSupportedException();

        public void Stage(int set, int step) => throw new NotSupportedException();

        public IReadOnlyDictionary<string, OrtValue> Predict(int set = 0) => throw new NotSupportedException();

        public void Advance(float learningRate, int set = 0) => throw new NotSupportedException();

        public float Term(string name) => throw new NotSupportedException();

        public float[] Read(int vector) => throw new NotSupportedException();

        public Checkpoint Save() => throw new NotSupportedException();

        public void Restore(Checkpoint checkpoint) => throw new NotSupportedException();

        public void Dispose() => IsDisposed = true;
    }
}
