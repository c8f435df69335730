using Microsoft.ML.OnnxRuntime;
using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Ops;

namespace OnnxGraphs.Runtime;

/// <summary>
/// Copies tensors between host and device, several at once. ONNX Runtime has no copy for a session's own memory in its C#
/// binding; but it brings what a session is fed, and what it gives, to where it is wanted, on a stream of the session's
/// own. So a copy is a run of a session that does nothing else.
/// </summary>
internal sealed class TensorCopy : IDisposable
{
    private readonly InferenceSession _session;
    private readonly RunOptions _options = new();
    private readonly string[] _inputs, _outputs;

    /// <summary>Prepares copies of tensors of these types and shapes, one at least.</summary>
    public TensorCopy(Device device, IReadOnlyList<(ElementType Type, TensorShape Shape)> tensors)
    {
        var graph = new Graph();
        _inputs = [.. tensors.Select((_, i) => $"from/{i}")];
        _outputs = [.. tensors.Select((_, i) => $"to/{i}")];
        foreach (var (i, (type, shape)) in tensors.Index())
            graph.Output(_outputs[i], graph.Input(_inputs[i], type, shape));
        using var options = device.CreateSessionOptions();
        _session = new(GraphWriter.Write(graph, "copy").ToBytes(), options);
    }

    /// <summary>Copies; returns when all is there. Any number of threads may copy at once.</summary>
    public void Run(IReadOnlyList<OrtValue> from, IReadOnlyList<OrtValue> to) =>
        _session.Run(_options, _inputs, from, _outputs, to);

    /// <inheritdoc/>
    public void Dispose()
    {
        _options.Dispose();
        _session.Dispose();
    }
}
