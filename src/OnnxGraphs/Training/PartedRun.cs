using System.Numerics.Tensors;
using Microsoft.ML.OnnxRuntime;
using OnnxGraphs.Distributed;
using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Precision;
using OnnxGraphs.Runtime;

namespace OnnxGraphs.Training;

/// <summary>
/// Steps whose batch comes in parts: passes one after another in the same memory, on one process or on several at once.
/// What the losses count is summed over all parts before their backward passes, loss and gradient before the update, which
/// every process does alike. A step equals one of the whole batch up to rounding.
/// </summary>
public sealed class PartedRun : ITrainingRun
{
    private readonly TrainingGraph _graph;
    private readonly IRanks _ranks;
    private readonly PartSessions _sessions;
    private readonly DeviceMemory _memory, _data;
    private readonly StepVectors _vectors;
    private readonly ForwardRun? _forward;
    private readonly StepInputs _inputs;
    private readonly HostVectors _scalars, _countPart, _counts, _resultPart, _results;
    private int _predicted = -1;

    /// <summary>Starts from a model's weights with empty optimiser state.</summary>
    /// <param name="graph">The step, built with <see cref="TrainingGraphOptions.Parts"/>.</param>
    /// <param name="model">The model that it was built from.</param>
    /// <param name="ranks">The processes that share the steps.</param>
    /// <param name="device">Where this one runs; the processor where it is not given.</param>
    /// <exception cref="ArgumentException">The step takes whole batches.</exception>
    /// <exception cref="InvalidOperationException">The device cannot be used, or not as its options ask.</exception>
    public PartedRun(TrainingGraph graph, OnnxModel model, IRanks ranks, Device? device = null)
    {
        (_graph, _ranks, Device) = (graph, ranks, device ?? Device.Cpu);
        if (graph.Sums.Count == 0)
            throw new ArgumentException($"The step takes whole batches; build it with {nameof(TrainingGraphOptions)}."
                + $"{nameof(TrainingGraphOptions.Parts)}.", nameof(graph));
        if (Device.CaptureGraph)
            throw new InvalidOperationException($"{nameof(Device)}.{nameof(Device.CaptureGraph)} is on, but a step in parts "
                + "is no single run that could be captured; leave it off.");
        _sessions = new(graph, Device);
        (_memory, _data) = (new(_sessions.Update.Graph.Session, Device), new(_sessions.Backward.Graph.Session, Device));
        _vectors = new(graph, Device, _memory, _sessions.Update.Graph.MayShare);
        _forward = graph.Halves is { } halves
            ? new(halves, Device, _memory, [_vectors[0][0], _vectors[1][0]], null) : null;
        _inputs = new(graph.Data, _forward?.Inputs ?? graph.Data.Select(input => input.Name).ToHashSet(), Device, _data,
            new());
        var (counts, gradient) = (graph.Sums.SkipLast(1).ToList(), graph.Sums[^1]);
        var losses = PartSessions.Losses(graph).Select(name => (name, TensorShape.Scalar)).ToList();
        _scalars = new([(TrainingGraph.LearningRate, TensorShape.Scalar), (TrainingGraph.StepNumber, TensorShape.Scalar)],
            Device, _memory, TrainingGraph.LearningRate, TrainingGraph.StepNumber);
        _countPart = new([.. counts.Select(sum => (sum.Part.Name, sum.Part.Shape))], Device, _data);
        _counts = new([.. counts.Select(sum => (sum.Total.Name, sum.Total.Shape))], Device, _data,
            [.. counts.Select(sum => sum.Total.Name)]);
        _resultPart = new([.. losses, (gradient.Part.Name, gradient.Part.Shape)], Device, _memory);
        _results = new([.. losses, (gradient.Total.Name, gradient.Total.Shape)], Device, _memory, gradient.Total.Name);
        foreach (var (i, vector) in graph.Vectors.Index())
            _vectors.Fill(0, i, memory => graph.Start(vector, model, memory));
    }

    /// <inheritdoc/>
    public ParameterLayout Layout => _graph.Layout;

    /// <inheritdoc/>
    public IReadOnlyList<Var> Data => _graph.Data;

    /// <inheritdoc/>
    public IReadOnlyList<string> Terms => _graph.Terms;

    /// <inheritdoc/>
    public Device Device { get; }

    /// <inheritdoc/>
    public NodePlacement? Placement => null;

    /// <inheritdoc/>
    public int Steps { get; private set; }

    /// <summary>Bytes that this process gave to sums over all of them in a step.</summary>
    public long SummedBytes => sizeof(float) * (long)(_counts.All.Length + _results.All.Length);

    /// <inheritdoc/>
    public Span<T> Input<T>(string name, int set = 0) where T : unmanaged =>
        _inputs.Host(name, set).GetTensorMutableDataAsSpan<T>();

    /// <summary>Nothing: parts of a step take turns in one buffer of the device, and are brought there when it is
    /// theirs.</summary>
    public void Stage(int set, int step)
    {
    }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, OrtValue> Predict(int set = 0)
    {
        if (_forward is null)
            throw new InvalidOperationException(
                "The step has no predictions; declare them as outputs of the graph in the loss builder.");
        _inputs.EnsureStaged(set, Steps);
        _predicted = set;
        return _forward.Run(_inputs, set, Steps);
    }

    /// <inheritdoc/>
    public void Advance(float learningRate, int set = 0) => Advance(learningRate, [set]);

    /// <inheritdoc/>
    public void Advance(float learningRate, IReadOnlyList<int> sets)
    {
        Count(sets);
        // The forward pass that ran last need not run again.
        foreach (var (i, set) in sets.Reverse().Index())
        {
            if (_forward is not null && _predicted != set)
                Predict(set);
            Pass(_sessions.Backward, set);
            Add(_resultPart, _results, first: i == 0);
        }
        _predicted = -1;
        _ranks.Sum(_results.All);
        _results.Send();
        (_scalars[TrainingGraph.LearningRate][0], _scalars[TrainingGraph.StepNumber][0]) = (learningRate, Steps + 1);
        _scalars.Send();
        _sessions.Update.Run((Steps % 2, 0), Value);
        Steps++;
    }

    /// <inheritdoc/>
    public float Term(string name) => PartSessions.Losses(_graph).Contains(name) ? _results[name][0]
        : throw new ArgumentException($"The step has no loss term '{name}'; it has {string.Join(", ", Terms)}.");

    /// <inheritdoc/>
    public float[] Read(int vector) => _vectors.Read(Steps % 2, vector);

    /// <inheritdoc/>
    public float[] ReadWeights() =>
        Read(_graph.Vectors[^1] == TrainingGraph.Average ? _graph.Vectors.Count - 1 : 0);

    /// <inheritdoc/>
    public LossScaleState? LossScale => _graph.Scaling?.Read(Read(Place(TrainingGraph.LossScale)));

    /// <inheritdoc/>
    public Checkpoint Save() => new(Steps, Layout,
        _graph.Vectors.Index().ToDictionary(vector => vector.Item, vector => Read(vector.Index)));

    /// <inheritdoc/>
    public void Restore(Checkpoint checkpoint)
    {
        checkpoint.CheckAverage(_graph.Vectors.Contains(TrainingGraph.Average));
        checkpoint.CheckFits(Layout, _graph.Vectors);
        (Steps, _predicted) = (checkpoint.Step, -1);
        _inputs.Reset();
        foreach (var (i, vector) in _graph.Vectors.Index())
            _vectors.Write(Steps % 2, i, checkpoint.Vectors[vector]);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _sessions.Dispose();
        _forward?.Dispose();
        _inputs.Dispose();
        foreach (var vectors in new[] { _scalars, _countPart, _counts, _resultPart, _results })
            vectors.Dispose();
        _vectors.Dispose();
        _data.Dispose();
        _memory.Dispose();
    }

    private void Count(IReadOnlyList<int> sets)
    {
        if (_sessions.Counting is not { } counting)
            return;
        foreach (var (i, set) in sets.Index())
        {
            Pass(counting, set);
            Add(_countPart, _counts, first: i == 0);
        }
        _ranks.Sum(_counts.All);
        _counts.Send();
    }

    private void Pass(PartSession session, int set)
    {
        _inputs.Complete(set, Steps);
        var data = _inputs.Bound(set, Steps);
        session.Run(_inputs.Binding(set, Steps), name => data.TryGetValue(name, out var input) ? input : Value(name));
    }

    private static void Add(HostVectors part, HostVectors sum, bool first)
    {
        if (first)
            part.All.CopyTo(sum.All);
        else
            TensorPrimitives.Add(sum.All, part.All, sum.All);
    }

    // The update reads the vectors of this turn and writes those of the next.
    private OrtValue Value(string name)
    {
        var next = _graph.Vectors.Index().Where(vector => TrainingGraph.Next(vector.Item) == name).ToList();
        if (next is [var written])
            return _vectors[1 - Steps % 2][written.Index];
        // Losses are outputs of a part, not of the update: their place is there.
        return _resultPart.Bound(name) ?? _results.Bound(name) ?? _countPart.Bound(name) ?? _counts.Bound(name)
            ?? _scalars.Bound(name) ?? _forward?.Kept.GetValueOrDefault(name) ?? _vectors[Steps % 2][Place(name)];
    }

    private int Place(string vector) => _graph.Vectors.Index().Single(v => v.Item == vector).Index;
}
