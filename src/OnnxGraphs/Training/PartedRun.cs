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
    private readonly StepState _state;
    private readonly ForwardRun? _forward;
    private readonly StepInputs _inputs;
    private readonly HostVectors _scalars, _counts, _results;
    // Where passes behind the first write what is then added.
    private readonly Lazy<HostVectors> _countPart, _resultPart;
    private readonly Dictionary<string, string> _totals;
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
        _totals = graph.Sums.ToDictionary(sum => sum.Part.Name, sum => sum.Total.Name);
        _countPart = new(() => new([.. counts.Select(sum => (sum.Part.Name, sum.Part.Shape))], Device, _data));
        _counts = new([.. counts.Select(sum => (sum.Total.Name, sum.Total.Shape))], Device, _data,
            [.. counts.Select(sum => sum.Total.Name)]);
        _resultPart = new(() => new([.. losses, (gradient.Part.Name, gradient.Part.Shape)], Device, _memory));
        _results = new([.. losses, (gradient.Total.Name, gradient.Total.Shape)], Device, _memory, gradient.Total.Name);
        _state = new(graph, _vectors);
        _state.Start(model);
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
    public int Steps => _state.Steps;

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
        var predictions = ForwardRun.Of(_forward).Run(_inputs, set, Steps);
        _predicted = set;
        return predictions;
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
            Pass(_sessions.Backward, set, _resultPart, _results, first: i == 0);
        }
        _predicted = -1;
        _ranks.Sum(_results.All);
        _results.Send();
        (_scalars[TrainingGraph.LearningRate][0], _scalars[TrainingGraph.StepNumber][0]) = (learningRate, Steps + 1);
        _scalars.Send();
        _sessions.Update.Run((_state.Turn, 0, true), Value);
        _state.Next();
    }

    /// <inheritdoc/>
    public float Term(string name) => PartSessions.Losses(_graph).Contains(name) ? _results[name][0]
        : throw new ArgumentException($"The step has no loss term '{name}'; it has {string.Join(", ", Terms)}.");

    /// <inheritdoc/>
    public float[] Read(int vector) => _state.Read(vector);

    /// <inheritdoc/>
    public float[] ReadWeights() => _state.ReadWeights();

    /// <inheritdoc/>
    public LossScaleState? LossScale => _state.LossScale;

    /// <inheritdoc/>
    public Checkpoint Save() => _state.Save();

    /// <inheritdoc/>
    public void WriteCheckpoint(
        string path, IReadOnlyDictionary<string, string> notes, IReadOnlyDictionary<string, float[]> also) =>
        _state.WriteCheckpoint(path, notes, also);

    /// <inheritdoc/>
    public void Restore(Checkpoint checkpoint)
    {
        _state.Restore(checkpoint);
        _predicted = -1;
        _inputs.Reset();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _sessions.Dispose();
        _forward?.Dispose();
        _inputs.Dispose();
        foreach (var vectors in new[] { _countPart, _resultPart }.Where(part => part.IsValueCreated).Select(part => part.Value)
            .Concat([_scalars, _counts, _results]))
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
            Pass(counting, set, _countPart, _counts, first: i == 0);
        }
        _ranks.Sum(_counts.All);
        _counts.Send();
    }

    private void Pass(PartSession session, int set, Lazy<HostVectors> part, HostVectors sum, bool first)
    {
        _inputs.Complete(set, Steps);
        var data = _inputs.Bound(set, Steps);
        var (turn, place) = _inputs.Binding(set, Steps);
        session.Run((turn, place, first), name => data.GetValueOrDefault(name)
            ?? (first ? sum.Host(_totals.GetValueOrDefault(name, name)) : part.Value.Host(name)) ?? Value(name));
        if (!first)
            TensorPrimitives.Add(sum.All, part.Value.All, sum.All);
    }

    // The update reads the vectors of this turn and writes those of the next.
    private OrtValue Value(string name)
    {
        var next = _graph.Vectors.Index().Where(vector => TrainingGraph.Next(vector.Item) == name).ToList();
        if (next is [var written])
            return _state.New[written.Index];
        return _results.Bound(name) ?? _counts.Bound(name) ?? _scalars.Bound(name) ?? _forward?.Kept.GetValueOrDefault(name)
            ?? _state.Old[_state.Place(name)];
    }
}
