using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using MLNet.Detection.Training;
using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Optimizers;
using OnnxGraphs.Runtime;
using OnnxGraphs.Training;

namespace MLNet.Detection.Tests.Web;

/// <summary>Takes the steps natively, by ONNX Runtime's own operators, and notes before each what it reads.</summary>
internal sealed class RecordedRun(string folder) : ITrainingBackend
{
    /// <summary>Files of the flat vectors before each step, one after the other.</summary>
    public List<string> States { get; } = [];

    /// <summary>Pixels, classes, boxes, rate and number of each step, as bytes.</summary>
    public List<byte[]> Feeds { get; } = [];

    /// <summary>The loss of each step.</summary>
    public List<float> Losses { get; } = [];

    public ITrainingRun Start(OnnxModel model, IReadOnlyList<string> heads, LossBuilder loss, Optimizer optimizer,
        TrainingGraphOptions options, Device device)
    {
        Directory.CreateDirectory(folder);
        var graph = TrainingGraph.Build(model, heads, loss, optimizer, options);
        return new Run(this, new TrainingRun(graph, model, Device.Cpu with { Kernels = false }), graph.Vectors.Count);
    }

    private void Note(ITrainingRun run, int vectors, float rate, int set)
    {
        var path = Path.Combine(folder, $"state{States.Count}.bin");
        File.WriteAllBytes(path, [.. Enumerable.Range(0, vectors).SelectMany(i => Bytes<float>(run.Read(i)))]);
        States.Add(path);
        int[] classes = [.. run.Input<long>("targets/classes", set).ToArray().Select(label => (int)label)];
        var images = run.Data[0].Name;
        Feeds.Add([.. Bytes<float>(run.Input<float>(images, set)), .. Bytes<int>(classes),
            .. Bytes<float>(run.Input<float>("targets/boxes", set)), .. Bytes<float>([rate, run.Steps + 1])]);
    }

    private static byte[] Bytes<T>(ReadOnlySpan<T> values) where T : unmanaged => MemoryMarshal.AsBytes(values).ToArray();

    /// <summary>Images in the order of given choices, mirrored where they say so.</summary>
    public sealed record Choices(IReadOnlyList<SampleChoice> All) : Sampler
    {
        public override IReadOnlyList<SampleChoice> Epoch(int epoch, int count) =>
            [.. All.Skip(epoch * count).Take(count)];
    }

    private sealed class Run(RecordedRun owner, TrainingRun run, int vectors) : ITrainingRun
    {
        public ParameterLayout Layout => run.Graph.Layout;

        public IReadOnlyList<Var> Data => run.Graph.Data;

        public IReadOnlyList<string> Terms => run.Graph.Terms;

        public Device Device => run.Device;

        public NodePlacement? Placement => null;

        public int Steps => run.Steps;

        public Span<T> Input<T>(string name, int set = 0) where T : unmanaged => run.Input<T>(name, set);

        public void Stage(int set, int step) => run.Stage(set, step);

        public IReadOnlyDictionary<string, OrtValue> Predict(int set = 0) => run.Predict(set);

        public void Advance(float learningRate, int set = 0)
        {
            owner.Note(this, vectors, learningRate, set);
            owner.Losses.Add(run.Step(learningRate, set));
        }

        public float Term(string name) => run.Term(name);

        public float[] Read(int vector) => run.Read(vector);

        public Checkpoint Save() => run.Save();

        public void Restore(Checkpoint checkpoint) => run.Restore(checkpoint);

        public void Dispose() => run.Dispose();
    }
}
