using Microsoft.ML.OnnxRuntime;
using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Runtime;

namespace OnnxGraphs.Training;

/// <summary>
/// Runs a training step on a device. Parameters and optimiser state stay in the device's memory: each step reads one
/// set of vectors and writes another, and the two change places, so nothing is copied between steps and no update is
/// seen too early. Where one kernel does the whole update, behind all that reads the old values, both sets are one.
/// </summary>
public sealed class TrainingRun : ITrainingRun
{
    private readonly GraphSession _graphSession;
    private readonly ForwardRun? _forward;
    private readonly DeviceMemory _memory;
    private readonly RunOptions _options = new();
    private readonly Dictionary<string, OrtValue> _inputs = [];
    private readonly Dictionary<string, OrtValue> _scalars = [];
    private readonly OrtValue[][] _vectors;
    private readonly OrtIoBinding[] _bindings;
    private int _current;
    private bool _predicted;

    /// <summary>Starts from a model's weights with empty optimiser state.</summary>
    /// <param name="graph">The step.</param>
    /// <param name="model">The model that it was built from.</param>
    /// <param name="device">Where it runs; the processor where it is not given.</param>
    /// <param name="configure">Changes options of the session: threads, profiling.</param>
    public TrainingRun(TrainingGraph graph, OnnxModel model, Device? device = null,
        Action<SessionOptions>? configure = null)
    {
        (Graph, Device) = (graph, device ?? Device.Cpu);
        _graphSession = graph.Halves is { } rest ? GraphSession.Open(rest.Outputs, rest.RestInputs, Device, Watched)
            : graph.Source is { } source ? GraphSession.Open(source.Outputs, source.Inputs, Device, Watched,
                [.. graph.Vectors.Select(name => (source.Find(name)!, source.Find(TrainingGraph.Next(name))!))])
            : GraphSession.Open(graph.Step, Device, Watched);
        _memory = new(Device);
        foreach (var input in graph.Data)
            _inputs[input.Name] = HostTensors.Allocate(input.Type, input.Shape);
        string[] scalars = [TrainingGraph.LearningRate, TrainingGraph.StepNumber, TrainingGraph.Loss, .. graph.Terms];
        foreach (var scalar in scalars)
            _scalars[scalar] = HostTensors.Allocate(ElementType.Float32, TensorShape.Scalar);
        var first = AllocateVectors();
        _vectors = [first, UpdatesInPlace ? first : AllocateVectors()];
        _forward = graph.Halves is { } halves
            ? new(halves, Device, _memory, _inputs, [.. _vectors.Select(set => set[0])], configure) : null;
        _bindings = [Bind(0), Bind(1)];
        var weights = graph.Layout.Gather(model);
        foreach (var (i, vector) in graph.Vectors.Index())
            Write(vector is TrainingGraph.Parameters or TrainingGraph.Average ? weights : new float[weights.Length], i);

        // Ended after the first step: a session that is not must not be watched.
        void Watched(SessionOptions options)
        {
            if (Device.IsCuda)
                NodePlacement.Watch(options);
            configure?.Invoke(options);
        }
    }

    private InferenceSession Session => _graphSession.Session;

    /// <summary>The step that runs.</summary>
    public TrainingGraph Graph { get; }

    ParameterLayout ITrainingRun.Layout => Graph.Layout;

    IReadOnlyList<Var> ITrainingRun.Data => Graph.Data;

    IReadOnlyList<string> ITrainingRun.Terms => Graph.Terms;

    /// <summary>Where it runs.</summary>
    public Device Device { get; }

    /// <summary>Which execution providers compute the step; null on the processor, and before the first step.</summary>
    public NodePlacement? Placement { get; private set; }

    /// <summary>Whether a step writes the new vectors over the old ones, which takes half of their memory.</summary>
    public bool UpdatesInPlace => _graphSession.MayShare;

    /// <summary>Steps done so far.</summary>
    public int Steps { get; private set; }

    /// <summary>The memory of a data input, to be filled before each step.</summary>
    public Span<T> Input<T>(string name) where T : unmanaged => _inputs.TryGetValue(name, out var value)
        ? value.GetTensorMutableDataAsSpan<T>()
        : throw new ArgumentException(
            $"The step has no data input '{name}'; it has {string.Join(", ", _inputs.Keys)}.");

    /// <summary>
    /// Runs the forward half on the data that lies in the inputs, targets aside, and returns the predictions in host
    /// memory by name; they are valid until the next call. The next step does not run it again.
    /// </summary>
    /// <exception cref="InvalidOperationException">The step has no halves.</exception>
    public IReadOnlyDictionary<string, OrtValue> Predict()
    {
        if (_forward is null)
            throw new InvalidOperationException(
                "The step has no predictions; declare them as outputs of the graph in the loss builder.");
        _predicted = true;
        return _forward.Run(_current);
    }

    /// <summary>One step with the data that lies in the inputs; returns the loss.</summary>
    public float Step(float learningRate)
    {
        if (_forward is not null && !_predicted)
            _forward.Run(_current);
        _predicted = false;
        Set(TrainingGraph.LearningRate, learningRate);
        Set(TrainingGraph.StepNumber, Steps + 1);
        Session.RunWithBinding(_options, _bindings[_current]);
        _current = 1 - _current;
        Steps++;
        if (Device.IsCuda)
            Placement ??= NodePlacement.End(Session);
        return Term(TrainingGraph.Loss);
    }

    /// <summary>A loss term of the last step.</summary>
    public float Term(string name) => name == TrainingGraph.Loss || Graph.Terms.Contains(name)
        ? _scalars[name].GetTensorDataAsSpan<float>()[0]
        : throw new ArgumentException($"The step has no loss term '{name}'; it has {string.Join(", ", Graph.Terms)}.");

    /// <summary>A copy of a vector of the step in host memory: the parameters (0), an optimiser slot (1, ...).</summary>
    public float[] Read(int vector)
    {
        using var host = HostTensors.Allocate(ElementType.Float32, new(Graph.Layout.Size));
        _memory.Copy(_vectors[_current][vector], host);
        return host.GetTensorDataAsSpan<float>().ToArray();
    }

    /// <inheritdoc/>
    public float[] ReadWeights() =>
        Read(Graph.Vectors[^1] == TrainingGraph.Average ? Graph.Vectors.Count - 1 : 0);

    /// <summary>The state after the last step.</summary>
    public Checkpoint Save() => new(Steps, Graph.Layout,
        Graph.Vectors.Index().ToDictionary(vector => vector.Item, vector => Read(vector.Index)));

    /// <summary>Continues from a saved state of the same model and optimiser.</summary>
    /// <exception cref="ModelException">The state belongs to other parameters or another optimiser.</exception>
    public void Restore(Checkpoint checkpoint)
    {
        checkpoint.CheckAverage(Graph.Vectors.Contains(TrainingGraph.Average));
        checkpoint.CheckFits(Graph.Layout, Graph.Vectors);
        for (var i = 0; i < Graph.Vectors.Count; i++)
            Write(checkpoint.Vectors[Graph.Vectors[i]], i);
        (Steps, _predicted) = (checkpoint.Step, false);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var binding in _bindings)
            binding.Dispose();
        _forward?.Dispose();
        foreach (var value in _inputs.Values.Concat(_scalars.Values).Concat(_vectors.Distinct().SelectMany(set => set)))
            value.Dispose();
        _options.Dispose();
        _memory.Dispose();
        _graphSession.Dispose();
    }

    private void Set(string scalar, float value) => _scalars[scalar].GetTensorMutableDataAsSpan<float>()[0] = value;

    private OrtValue[] AllocateVectors() => [.. Graph.Vectors.Select(_ => _memory.Allocate(Graph.Layout.Size))];

    // Reads the vectors of one set and writes those of the other.
    private OrtIoBinding Bind(int set)
    {
        var binding = Session.CreateIoBinding();
        // The half behind the predictions need not read the images; an optimiser need not count steps.
        string[] scalars = [TrainingGraph.LearningRate, TrainingGraph.StepNumber];
        var inputs = _inputs.Concat(scalars.Select(name => KeyValuePair.Create(name, _scalars[name])));
        foreach (var (name, value) in inputs.Concat(_forward?.Kept ?? new Dictionary<string, OrtValue>()))
            if (Session.InputMetadata.ContainsKey(name))
                binding.BindInput(name, value);
        foreach (var name in Graph.Terms.Prepend(TrainingGraph.Loss))
            binding.BindOutput(name, _scalars[name]);
        for (var i = 0; i < Graph.Vectors.Count; i++)
        {
            binding.BindInput(Graph.Vectors[i], _vectors[set][i]);
            binding.BindOutput(TrainingGraph.Next(Graph.Vectors[i]), _vectors[1 - set][i]);
        }
        return binding;
    }

    private void Write(float[] values, int vector)
    {
        using var host = HostTensors.Write(Tensor.Of<float>(new(values.Length), values));
        _memory.Copy(host, _vectors[_current][vector]);
    }
}
