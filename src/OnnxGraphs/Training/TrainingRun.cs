using Microsoft.ML.OnnxRuntime;
using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Precision;
using OnnxGraphs.Runtime;
using OnnxGraphs.Sessions;

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

    private readonly GraphSession _graphSession;
    private readonly ForwardRun? _forward;
    private readonly DeviceMemory _memory;
    private readonly StepInputs _inputs;
    private readonly StepScalars _scalars;
    private readonly StepVectors _vectors;
    private readonly StepState _state;
    private readonly StepCapture _capture;
    private readonly Dictionary<(int Turn, int Set), OrtIoBinding> _bindings = [];
    private bool _watched, _predicted;

    /// <summary>Starts from a model's weights with empty optimiser state.</summary>
    /// <param name="graph">The step.</param>
    /// <param name="model">The model that it was built from.</param>
    /// <param name="device">Where it runs; the processor where it is not given.</param>
    /// <param name="configure">Changes options of the session: threads, profiling.</param>
    /// <exception cref="InvalidOperationException">The device cannot be used, or not as its options ask.</exception>
    public TrainingRun(TrainingGraph graph, OnnxModel model, Device? device = null,
        Action<SessionOptions>? configure = null)
    {
        (Graph, Device) = (graph, device ?? Device.Cpu);
        var gpu = new Lock();
        _graphSession = OpenStep(configure);
        _memory = new(Session, Device);
        _scalars = new(graph, Device, _memory);
        _vectors = new(graph, Device, _memory, UpdatesInPlace);
        _forward = graph.Halves is { } halves
            ? new(halves, Device, _memory, [_vectors[0][0], _vectors[1][0]], configure) : null;
        _inputs = new(graph.Data, _forward?.Inputs ?? graph.Data.Select(input => input.Name).ToHashSet(), Device, _memory,
            gpu);
        _capture = new(Device, gpu);
        _state = new(graph, _vectors);
        _state.Start(model);
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
        if (_watched)
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
        _vectors.Dispose();
        _capture.Dispose();
        _memory.Dispose();
        _graphSession.Dispose();
    }

    private GraphSession OpenStep(Action<SessionOptions>? configure)
    {
        try
        {
            return Graph.Halves is { } halves
                ? GraphSession.Open(halves.Outputs, halves.RestInputs, Device, Watched, capture: true)
                : Graph.Source is { } source ? GraphSession.Open(source.Outputs, source.Inputs, Device, Watched,
                    [.. Graph.Vectors.Select(name => (source.Find(name)!, source.Find(TrainingGraph.Next(name))!))], true)
                : GraphSession.Open(Graph.Step, Device, Watched, capture: true);
        }
        catch (OnnxRuntimeException error) when (Device.CaptureGraph)
        {
            throw new InvalidOperationException(
                $"The step cannot be captured as a CUDA graph ({error.Message.Trim()}). Leave {nameof(Device)}."
                + $"{nameof(Device.CaptureGraph)} off; {nameof(Placement)} names the nodes that are not on CUDA.", error);
        }

        // A session that is watched must be ended; a caller that profiles it keeps the profile.
        void Watched(SessionOptions options)
        {
            configure?.Invoke(options);
            _watched = !Device.IsProcessor && !options.EnableProfiling;
            if (_watched)
                NodePlacement.Watch(options);
        }
    }

    private void RunStep(int set)
    {
        var place = _inputs.Binding(set, Steps);
        if (!_bindings.TryGetValue(place, out var binding))
            _bindings[place] = binding = Bind(_inputs.Bound(set, Steps));
        _capture.Run(Session, binding, _state.Turn);
    }

    // Reads the vectors of this turn and writes those of the other.
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
        return binding;
    }
}
