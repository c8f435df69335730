using Microsoft.ML.OnnxRuntime;
using OnnxGraphs.Graphs;
using OnnxGraphs.Runtime;

namespace OnnxGraphs.Training;

/// <summary>
/// The flat vectors of a step, parameters and optimiser state, in the device's memory: two sets that steps read and write
/// in turn, or one where the step may write what it reads.
/// </summary>
internal sealed class StepVectors : IDisposable
{
    private readonly TensorCopy? _copy;
    private readonly OrtValue[][] _sets;

    public StepVectors(TrainingGraph graph, Device device, DeviceMemory memory, bool share)
    {
        var shape = new TensorShape(graph.Layout.Size);
        _copy = device.HasMemory ? new(device, [(ElementType.Float32, shape)]) : null;
        var first = Set();
        _sets = [first, share ? first : Set()];

        OrtValue[] Set() => [.. graph.Vectors.Select(_ => memory.Allocate(ElementType.Float32, shape))];
    }

    /// <summary>The vectors that the steps of a turn, 0 or 1, read; those of the other turn write them.</summary>
    public OrtValue[] this[int turn] => _sets[turn];

    /// <summary>A copy of a vector in host memory.</summary>
    public float[] Read(int turn, int vector)
    {
        var value = _sets[turn][vector];
        if (_copy is null)
            return value.GetTensorDataAsSpan<float>().ToArray();
        using var host = HostTensors.Allocate(ElementType.Float32, new(value.GetTensorTypeAndShape().Shape));
        _copy.Run([value], [host]);
        return host.GetTensorDataAsSpan<float>().ToArray();
    }

    /// <summary>Writes a vector.</summary>
    public void Write(int turn, int vector, float[] values)
    {
        var value = _sets[turn][vector];
        if (_copy is null)
        {
            values.CopyTo(value.GetTensorMutableDataAsSpan<float>());
            return;
        }
        using var host = HostTensors.Write(Tensor.Of<float>(new(values.Length), values));
        _copy.Run([host], [value]);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _copy?.Dispose();
        foreach (var value in _sets.Distinct().SelectMany(set => set))
            value.Dispose();
    }
}
