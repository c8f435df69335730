using Microsoft.ML.OnnxRuntime;
using OnnxGraphs.Graphs;
using OnnxGraphs.Rewrites;
using OnnxGraphs.Runtime;
using OnnxGraphs.Sessions;

namespace OnnxGraphs.Training;

/// <summary>
/// Runs the forward half of a step: predictions come to the host, kept values stay in the device's memory for the other
/// half.
/// </summary>
internal sealed class ForwardRun : IDisposable
{
    private readonly GraphSession _session;
    private readonly RunOptions _options = new();
    private readonly Dictionary<string, OrtValue> _predictions = [];
    private readonly Dictionary<string, OrtValue> _kept = [];
    private readonly Dictionary<(int Turn, int Set), OrtIoBinding> _bindings = [];
    private readonly IReadOnlyList<OrtValue> _parameters;

    /// <summary>Prepares a run.</summary>
    /// <param name="halves">The step.</param>
    /// <param name="device">Where it runs.</param>
    /// <param name="memory">Memory there.</param>
    /// <param name="parameters">The places that the parameters change between.</param>
    /// <param name="configure">Changes options of the session.</param>
    public ForwardRun(StepHalves halves, Device device, DeviceMemory memory, IReadOnlyList<OrtValue> parameters,
        Action<SessionOptions>? configure)
    {
        _parameters = parameters;
        _session = GraphSession.Open(halves.ForwardOutputs, null,
            [.. halves.Inputs.Where(input => input.Name == TrainingGraph.Parameters)], device, configure);
        foreach (var value in halves.Predictions)
            _predictions[value.Name] = HostTensors.Allocate(value.Type, value.Shape);
        foreach (var value in halves.Kept)
            _kept[value.Name] = memory.Allocate(value.Type, value.Shape);
    }

    /// <summary>Names of what it reads.</summary>
    public IReadOnlySet<string> Inputs => _session.Session.InputMetadata.Keys.ToHashSet();

    /// <summary>What the other half reads, by name.</summary>
    public IReadOnlyDictionary<string, OrtValue> Kept => _kept;

    /// <summary>The forward half of a run, which it must have.</summary>
    /// <exception cref="InvalidOperationException">It has none.</exception>
    public static ForwardRun Of(ForwardRun? forward) => forward ?? throw new InvalidOperationException(
        "The step has no predictions; declare them as outputs of the graph in the loss builder.");

    /// <summary>Runs on a set of data for a step; returns the predictions by name.</summary>
    public IReadOnlyDictionary<string, OrtValue> Run(StepInputs inputs, int set, int step)
    {
        inputs.EnsureStaged(set, step);
        var place = inputs.Binding(set, step);
        if (!_bindings.TryGetValue(place, out var binding))
            _bindings[place] = binding = Bind(inputs.Bound(set, step), _parameters[place.Turn]);
        _session.Session.RunWithBinding(_options, binding);
        return _predictions;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var binding in _bindings.Values)
            binding.Dispose();
        foreach (var value in _predictions.Values.Concat(_kept.Values))
            value.Dispose();
        _options.Dispose();
        _session.Dispose();
    }

    private OrtIoBinding Bind(IReadOnlyDictionary<string, OrtValue> inputs, OrtValue parameters)
    {
        var binding = _session.Session.CreateIoBinding();
        foreach (var (name, value) in inputs.Append(new(TrainingGraph.Parameters, parameters)))
            if (_session.Session.InputMetadata.ContainsKey(name))
                binding.BindInput(name, value);
        VectorView.Bind(binding, _session.Views, _ => parameters);
        foreach (var (name, value) in _predictions.Concat(_kept))
            binding.BindOutput(name, value);
        return binding;
    }
}
