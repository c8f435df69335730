using Microsoft.ML.OnnxRuntime;
using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Runtime;
using OnnxGraphs.Surgery;

namespace OnnxGraphs.Quantization;

/// <summary>Watches the values of a plan while pictures run through its model, a batch after the other, in one
/// pass.</summary>
public sealed class Calibration : IDisposable
{
    private readonly QuantizationPlan _plan;
    private readonly InferenceSession _session;
    private readonly RunOptions _options;
    private readonly string[] _computed;
    private readonly Dictionary<string, ValueHistogram> _histograms;
    private readonly Dictionary<string, ChannelMeans> _means = [];

    /// <summary>Prepares a session.</summary>
    /// <param name="plan">What to watch.</param>
    /// <param name="input">Type and shape of the pictures, one batch of them.</param>
    /// <param name="device">Where it runs; null: the processor.</param>
    public Calibration(QuantizationPlan plan, TypedShape input, Device? device = null)
    {
        (_plan, _computed) = (plan, [.. plan.Observed.Where(name => name != plan.Input)]);
        _histograms = plan.Observed.ToDictionary(name => name, _ => new ValueHistogram());
        var part = Subgraph.Extract(plan.Model, _computed, new Dictionary<string, TypedShape> { [plan.Input] = input });
        using var options = (device ?? Device.Cpu).CreateSessionOptions();
        (_session, _options) = (new(part.ToBytes(), options), new());
        foreach (var layer in plan.Nodes.Where(node => node.Kind == QuantizedNodeKind.Layer))
            _means.TryAdd(layer.Inputs[0], new(layer.Operator == "Conv" ? 1 : -1));
    }

    /// <summary>Pictures that were seen.</summary>
    public long Pictures { get; private set; }

    /// <summary>Runs pictures and counts what the values are.</summary>
    public void Observe(OrtValue pictures, int count)
    {
        Add(_plan.Input, HostTensors.Read(pictures));
        using var results = _session.Run(_options, [_plan.Input], [pictures], _computed);
        foreach (var (name, result) in _computed.Zip(results))
            Add(name, HostTensors.Read(result));
        Pictures += count;
    }

    /// <summary>The range of each value.</summary>
    /// <exception cref="InvalidOperationException">Nothing was observed, or a value is not finite.</exception>
    public IReadOnlyDictionary<string, ValueRange> Ranges(QuantizationOptions options)
    {
        if (Pictures == 0)
            throw new InvalidOperationException("No picture was observed; calibration needs some, 100 to 500 as a rule.");
        foreach (var (name, histogram) in _histograms)
            if (histogram.NotFinite > 0)
                throw new InvalidOperationException($"Value '{name}' was NaN or infinite {histogram.NotFinite} times while "
                    + "calibrating, so that it has no range; look at weights and pictures.");
        return _histograms.ToDictionary(at => at.Key, at => at.Value.Range(options.Ranges, options.Percentile));
    }

    /// <summary>The mean of each channel of what layers read, by name.</summary>
    internal IReadOnlyDictionary<string, double[]> Means => _means.ToDictionary(at => at.Key, at => at.Value.Read());

    /// <inheritdoc/>
    public void Dispose()
    {
        _session.Dispose();
        _options.Dispose();
    }

    private void Add(string name, Tensor value)
    {
        if (_histograms.TryGetValue(name, out var histogram))
            histogram.Add(value.Values<float>());
        if (_means.TryGetValue(name, out var means))
            means.Add(value);
    }
}
