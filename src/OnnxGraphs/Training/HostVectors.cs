using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using OnnxGraphs.Graphs;
using OnnxGraphs.Runtime;
using TensorElementType = Microsoft.ML.OnnxRuntime.Tensors.TensorElementType;

namespace OnnxGraphs.Training;

/// <summary>
/// Float tensors one behind another in one piece of host memory, so that all of them are added up by one call. Where the
/// device has memory of its own, sessions read those that are asked for from copies there.
/// </summary>
internal sealed unsafe class HostVectors : IDisposable
{
    // Each begins a line of cache; what lies between is zero and stays so.
    private const int Line = 16;

    private readonly float* _memory;
    private readonly int _length;
    private readonly Dictionary<string, OrtValue> _host = [], _sent = [];
    private readonly TensorCopy? _copy;

    /// <summary>Makes memory for tensors by name, all zero.</summary>
    /// <param name="vectors">Names and shapes.</param>
    /// <param name="device">Where sessions run.</param>
    /// <param name="memory">Memory of the session that reads what is sent.</param>
    /// <param name="sent">Names of what <see cref="Send"/> brings to the device.</param>
    public HostVectors(IReadOnlyList<(string Name, TensorShape Shape)> vectors, Device device, DeviceMemory memory,
        params IReadOnlyList<string> sent)
    {
        _length = vectors.Sum(vector => Room(vector.Shape));
        _memory = (float*)NativeMemory.AlignedAlloc((nuint)Math.Max(Line, _length) * sizeof(float), Line * sizeof(float));
        All.Clear();
        var next = _memory;
        foreach (var (name, shape) in vectors)
        {
            _host[name] = OrtValue.CreateTensorValueWithData(OrtMemoryInfo.DefaultInstance, TensorElementType.Float,
                shape.ToArray(), (nint)next, shape.Size * sizeof(float));
            next += Room(shape);
        }
        if (!device.HasMemory || sent.Count == 0)
            return;
        (ElementType, TensorShape Shape)[] tensors =
            [.. sent.Select(name => (ElementType.Float32, vectors.Single(vector => vector.Name == name).Shape))];
        _copy = new(device, tensors);
        foreach (var (name, tensor) in sent.Zip(tensors))
            _sent[name] = memory.AllocateInput(name, ElementType.Float32, tensor.Shape);
    }

    /// <summary>All of the memory.</summary>
    public Span<float> All => new(_memory, _length);

    /// <summary>One tensor in host memory.</summary>
    public Span<float> this[string name] => _host[name].GetTensorMutableDataAsSpan<float>();

    /// <summary>Names of the tensors.</summary>
    public IReadOnlyCollection<string> Names => _host.Keys;

    /// <summary>Brings to the device what sessions read there.</summary>
    public void Send() => _copy?.Run([.. _sent.Keys.Select(name => _host[name])], [.. _sent.Values]);

    /// <summary>A tensor in host memory, where sessions write it; null where there is none of the name.</summary>
    public OrtValue? Host(string name) => _host.GetValueOrDefault(name);

    /// <summary>What a session binds for a tensor; null where there is none of the name.</summary>
    public OrtValue? Bound(string name) => _sent.GetValueOrDefault(name) ?? _host.GetValueOrDefault(name);

    /// <inheritdoc/>
    public void Dispose()
    {
        _copy?.Dispose();
        foreach (var value in _host.Values.Concat(_sent.Values))
            value.Dispose();
        NativeMemory.AlignedFree(_memory);
    }

    private static int Room(TensorShape shape) => checked((int)((Math.Max(1, shape.Size) + Line - 1) / Line * Line));
}
