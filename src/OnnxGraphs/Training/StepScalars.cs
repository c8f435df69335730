using Microsoft.ML.OnnxRuntime;
using OnnxGraphs.Graphs;
using OnnxGraphs.Runtime;

namespace OnnxGraphs.Training;

/// <summary>
/// The scalars of a step: learning rate and number in, loss and its terms out. With fixed buffers they lie on the device,
/// and the losses stay there until somebody asks.
/// </summary>
internal sealed class StepScalars : IDisposable
{
    private static readonly string[] In = [TrainingGraph.LearningRate, TrainingGraph.StepNumber];

    private readonly string[] _out;
    private readonly Dictionary<string, OrtValue> _host;
    private readonly Dictionary<string, OrtValue>? _fixed;
    private readonly TensorCopy? _send, _fetch;
    private bool _fetched = true;

    public StepScalars(TrainingGraph graph, Device device, DeviceMemory memory)
    {
        _out = [TrainingGraph.Loss, .. graph.Terms];
        _host = New((_, type, shape) => memory.AllocateHost(type, shape));
        if (!device.FixedBuffers)
            return;
        _fixed = New(memory.AllocateInput);
        (_send, _fetch) = (Copy(In), Copy(_out));

        TensorCopy Copy(string[] names) => new(device, [.. names.Select(_ => (ElementType.Float32, TensorShape.Scalar))]);
    }

    /// <summary>What a step binds as inputs, by name.</summary>
    public IEnumerable<KeyValuePair<string, OrtValue>> Inputs => In.Select(Bound);

    /// <summary>What a step binds as outputs, by name.</summary>
    public IEnumerable<KeyValuePair<string, OrtValue>> Outputs => _out.Select(Bound);

    /// <summary>Tells the next step; its losses are unknown from here on until they are read.</summary>
    public void Send(float learningRate, int number)
    {
        _host[TrainingGraph.LearningRate].GetTensorMutableDataAsSpan<float>()[0] = learningRate;
        _host[TrainingGraph.StepNumber].GetTensorMutableDataAsSpan<float>()[0] = number;
        _send?.Run(Values(_host, In), Values(_fixed!, In));
        _fetched = false;
    }

    /// <summary>A loss of the last step; the first one asked for brings all.</summary>
    /// <exception cref="ArgumentException">There is no such term.</exception>
    public float Read(string name)
    {
        if (!_out.Contains(name))
            throw new ArgumentException(
                $"The step has no loss term '{name}'; it has {string.Join(", ", _out.Skip(1))}.");
        if (!_fetched)
            _fetch?.Run(Values(_fixed!, _out), Values(_host, _out));
        _fetched = true;
        return _host[name].GetTensorDataAsSpan<float>()[0];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _send?.Dispose();
        _fetch?.Dispose();
        foreach (var value in _host.Values.Concat((_fixed ?? []).Values))
            value.Dispose();
    }

    private KeyValuePair<string, OrtValue> Bound(string name) => new(name, (_fixed ?? _host)[name]);

    private Dictionary<string, OrtValue> New(Func<string, ElementType, TensorShape, OrtValue> allocate) =>
        In.Concat(_out).ToDictionary(name => name, name => allocate(name, ElementType.Float32, TensorShape.Scalar));

    private static OrtValue[] Values(Dictionary<string, OrtValue> values, string[] names) =>
        Array.ConvertAll(names, name => values[name]);
}
