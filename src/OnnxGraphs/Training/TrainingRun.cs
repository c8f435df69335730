using Microsoft.ML.OnnxRuntime;
using OnnxGraphs.Graphs;
using OnnxGraphs.Memory;
using OnnxGraphs.Models;
using OnnxGraphs.Precision;
using OnnxGraphs.Rewrites;
using OnnxGraphs.Runtime;

namespace OnnxGraphs.Training;

/// <summary>
/// Runs a training step on a device. Parameters and optimiser state stay in the device's memory: each step reads one
/// set of vectors and writes another, and the two change places, so nothing is copied between steps and no update is
/// seen too early. Where one kernel does the whole update, behind all that reads the old values, both sets are one.
/// </summary>
/// <remarks>
/// Data is filled into sets of inputs (<see cref="Input"/>), while a step works on another set; a device with memory of
/// its own gets it ahead of the step by <see cref="Stage"/>, on any thread. Steps are taken on one thread. A step returns
/// when the device is done, as a run of ONNX Runtime does; the loss stays there until <see cref="Term"/> asks for it.
/// </remarks>
public sealed class TrainingRun : ITrainingRun
{
    private static readonly Dictionary<string, OrtValue> NoValues = [];

    private readonly StepSession _step;
    private readonly ForwardRun? _forward;
    private readonly DeviceMemory _memory;
    private readonly StepInputs _inputs;
    private readonly StepScalars _scalars;
    private readonly StepState _state;
    private readonly StepCapture _capture;
    private readonly Dictionary<(int Turn, int Set), OrtIoBinding> _bindings = [];
    private readonly bool _ownsState;
    private bool _predicted;

    /// <summary>Starts from a model's weights with empty optimiser state.</summary>
    /// <param name="graph">The step.</param>
    /// <param name="model">The model that it was built from.</param>
    /// <param name="device">Where it runs; the processor where it is not given.</param>
    /// <param name="configure">Changes options of the session: threads, profiling.</param>
    /// <exception cref="InvalidOperationException">The device cannot be used, or not as its options ask.</exception>
    public TrainingRun(TrainingGraph graph, OnnxModel model, Device? device = null,
        Action<SessionOptions>? configure = null)
        : this(graph, device ?? Device.Cpu, StepSession.Open(graph, device ?? Device.Cpu, configure), configure) =>
        Begin(model);

    private TrainingRun(TrainingGraph graph, Device device, StepSession step, Action<SessionOptions>? configure = null,
        StepState? shared = null, bool? inPlace = null)
    {
        (Graph, Device, _step, _ownsState) = (graph, device, step, shared is null);
        UpdatesInPlace = inPlace ?? step.Graph.MayShare;
        var gpu = new Lock();
        _memory = new(Session, Device);
        _scalars = new(graph, Device, _memory);
        _state = shared ?? new(graph, new(graph, Device, _memory, UpdatesInPlace));
        _forward = graph.Halves is { } halves
            ? new(halves, Device, _memory, [_state.Vectors[0][0], _state.Vectors[1][0]], configure) : null;
        _inputs = new(graph.Data, _forward?.Inputs ?? graph.Data.Select(input => input.Name).ToHashSet(), Device, _memory,
            gpu);
        _capture = new(Device, gpu);
    }

    /// <summary>Runs of several steps on one set of vectors, which the first one owns.</summary>
    internal static IReadOnlyList<TrainingRun> Sharing(
        IReadOnlyList<TrainingGraph> graphs, OnnxModel model, Device device)
    {
        var region = new MemoryRegion();
        var steps = graphs.Select((graph, i) => StepSession.Open(graph, device, watch: i == 0, region: region)).ToList();
        var inPlace = steps.All(step => step.Graph.MayShare);
        var first = new TrainingRun(graphs[0], device, steps[0], inPlace: inPlace);
        first.Begin(model);
        return [first, .. graphs.Zip(steps).Skip(1).Select(pair =>
            new TrainingRun(pair.First, device, pair.Second, shared: first._state, inPlace: inPlace))];
    }

    private InferenceSession Session => _step.Graph.Session;

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
    public bool UpdatesInPlace { get; }

    /// <summary>
    /// Size of the region that the values of a step lie in, in bytes; of steps of several shapes, that of the largest so far.
    /// 0 before the second step, and where nothing is planned (<see cref="Device.PlansMemory"/>).
    /// </summary>
    public long PlannedBytes => _step.Graph.PlannedBytes;

    /// <summary>Steps done so far.</summary>
    public int Steps => _state.Steps;

    /// <inheritdoc/>
    public Span<T> Input<T>(string name, int set = 0) where T : unmanaged =>
        _inputs.Host(name, set).GetTensorMutableDataAsSpan<T>();

    /// <inheritdoc/>
    public void Stage(int set, int step)
    {
        if (step != Steps && step != Steps + 1)
            throw new ArgumentOutOfRangeException(nameof(step), step,
                $"{Steps} steps are done; expected {Steps}, the next one, or {Steps + 1}, the one behind it.");
        if (Device.TakesThreads)
            _capture.Alone(() => _inputs.Stage(set, step));
    }

    /// <summary>
    /// Runs the forward half on the data of a set, targets aside, and returns the predictions in host memory by name; they
    /// are valid until the next call. The next step, on the same set, does not run it again.
    /// </summary>
    /// <exception cref="InvalidOperationException">The step has no halves.</exception>
    public IReadOnlyDictionary<string, OrtValue> Predict(int set = 0)
    {
        var predictions = ForwardRun.Of(_forward).Run(_inputs, set, Steps);
        _predicted = true;
        return predictions;
    }

    /// <inheritdoc/>
    public void Advance(float learningRate, int set = 0)
    {
        if (_forward is not null && !_predicted)
            Predict(set);
        _predicted = false;
        _inputs.Complete(set, Steps);
        _scalars.Send(learningRate, Steps + 1);
        RunStep(set);
        _state.Next();
        if (_step.Watched)
            Placement ??= NodePlacement.End(Session);
    }

    /// <inheritdoc/>
    public float Step(float learningRate, int set = 0)
    {
        Advance(learningRate, set);
        return Term(TrainingGraph.Loss);
    }

    /// <inheritdoc/>
    public float Term(string name) => _scalars.Read(name);

    /// <summary>A copy of a vector of the step in host memory: the parameters (0), an optimiser slot (1, ...).</summary>
    public float[] Read(int vector) => _state.Read(vector);

    /// <inheritdoc/>
    public float[] ReadWeights() => _state.ReadWeights();

    /// <inheritdoc/>
    public LossScaleState? LossScale => _state.LossScale;

    /// <summary>The state after the last step.</summary>
    public Checkpoint Save() => _state.Save();

    /// <inheritdoc/>
    public void WriteCheckpoint(
        string path, IReadOnlyDictionary<string, string> notes, IReadOnlyDictionary<string, float[]> also) =>
        _state.WriteCheckpoint(path, notes, also);

    /// <summary>Continues from a saved state of the same model and optimiser.</summary>
    /// <exception cref="ModelException">The state belongs to other parameters or another optimiser.</exception>
    public void Restore(Checkpoint checkpoint)
    {
        _state.Restore(checkpoint);
        _predicted = false;
        _inputs.Reset();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var binding in _bindings.Values)
            binding.Dispose();
        _forward?.Dispose();
        _inputs.Dispose();
        _scalars.Dispose();
        if (_ownsState)
            _state.Vectors.Dispose();
        _capture.Dispose();
        _memory.Dispose();
        _step.Graph.Dispose();
    }

    private void Begin(OnnxModel model)
    {
        _state.Start(model);
        // What building left, tens of megabytes, would lie beside the activations for as long as steps allocate nothing.
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
    }

    private void RunStep(int set)
    {
        var place = _inputs.Binding(set, Steps);
        if (!_bindings.TryGetValue(place, out var binding))
            _bindings[place] = binding = Bind(_inputs.Bound(set, Steps));
        _capture.Run(_step.Graph, binding, _state.Turn);
    }

    // Reads the vectors of one turn and writes those of the other.
    private OrtIoBinding Bind(IReadOnlyDictionary<string, OrtValue> data)
    {
        var binding = Session.CreateIoBinding();
        // The half behind the predictions need not read the images; an optimiser need not count steps.
        foreach (var (name, value) in data.Concat(_scalars.Inputs).Concat(_forward?.Kept ?? NoValues))
            if (Session.InputMetadata.ContainsKey(name))
                binding.BindInput(name, value);
        foreach (var (name, value) in _scalars.Outputs)
            binding.BindOutput(name, value);
        for (var i = 0; i < Graph.Vectors.Count; i++)
        {
            binding.BindInput(Graph.Vectors[i], _state.Old[i]);
            binding.BindOutput(TrainingGraph.Next(Graph.Vectors[i]), _state.New[i]);
        }
        VectorView.Bind(binding, _step.Graph.Views, name => _state.Old[_state.Place(name)]);
        return binding;
    }
}
