using Microsoft.ML.OnnxRuntime;
using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Runtime;

namespace OnnxGraphs.Surgery;

/// <summary>
/// A part of a model that is run again and again with other numbers in the same places. <see cref="Subgraph.Run"/> runs
/// one once.
/// </summary>
public sealed class SubgraphProbe : IDisposable
{
    private readonly OnnxModel _model;
    private readonly IReadOnlyList<string> _given, _computed;
    private readonly InferenceSession? _session;

    /// <summary>Prepares the runs.</summary>
    /// <param name="model">The model.</param>
    /// <param name="feeds">What will be fed: names, types and shapes count, not the numbers.</param>
    /// <param name="values">The values to return, inner ones included.</param>
    /// <exception cref="ModelException">ONNX Runtime refuses the model.</exception>
    public SubgraphProbe(OnnxModel model, IReadOnlyDictionary<string, Tensor> feeds, IReadOnlyList<string> values)
    {
        // A value that was fed is what was fed; ONNX Runtime refuses a model that computes nothing.
        (_model, _given) = (model, [.. values.Distinct().Where(feeds.ContainsKey)]);
        _computed = [.. values.Distinct().Except(_given)];
        if (_computed.Count == 0)
            return;
        var part = Subgraph.Extract(model, _computed, feeds.ToDictionary(pair => pair.Key,
            pair => new TypedShape(Widened(pair.Value.Type), pair.Value.Shape)));
        HalfPrecision.Widen(part.Proto.Graph);
        using var options = Device.Cpu.CreateSessionOptions();
        // What goes wrong is thrown.
        options.LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL;
        _session = Guarded(() => new InferenceSession(part.ToBytes(), options));
    }

    /// <summary>The values by name, for numbers in the places that it was made for. Floats of 16 bits are widened.</summary>
    /// <exception cref="ModelException">ONNX Runtime refuses the inputs.</exception>
    public IReadOnlyDictionary<string, Tensor> Run(IReadOnlyDictionary<string, Tensor> feeds)
    {
        var found = _given.ToDictionary(name => name, name => feeds[name]);
        if (_session is null)
            return found;
        var inputs = feeds.Where(pair => _session.InputMetadata.ContainsKey(pair.Key)).ToDictionary(pair => pair.Key,
            pair => HostTensors.Write(HalfPrecision.IsHalf((int)pair.Value.Type) ? pair.Value.ToFloat32() : pair.Value));
        try
        {
            using var run = new RunOptions { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL };
            using var results = Guarded(() => _session.Run(run, inputs, _computed));
            foreach (var (name, result) in _computed.Zip(results))
                found[name] = HostTensors.Read(result);
            return found;
        }
        finally
        {
            foreach (var value in inputs.Values)
                value.Dispose();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _session?.Dispose();

    private static ElementType Widened(ElementType type) => HalfPrecision.IsHalf((int)type) ? ElementType.Float32 : type;

    private T Guarded<T>(Func<T> call)
    {
        try
        {
            return call();
        }
        catch (OnnxRuntimeException error)
        {
            throw new ModelException($"{_model.Path}: ONNX Runtime cannot run it: {error.Message.Trim()}", error);
        }
    }
}
