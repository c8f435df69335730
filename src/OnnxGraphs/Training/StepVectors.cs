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
    private readonly Dictionary<long, TensorCopy> _copies = [];
    private readonly OrtValue[][] _sets;

    public StepVectors(TrainingGraph graph, Device device, DeviceMemory memory, bool share)
    {
        long[] sizes = [.. graph.Vectors.Select(vector => TrainingGraph.SizeOf(vector, graph.Layout))];
        if (device.HasMemory)
            _copies = sizes.Distinct().ToDictionary(
                size => size, size => new TensorCopy(device, [(ElementType.Float32, new(size))]));
        var first = Set();
        _sets = [first, share ? first : Set()];

        OrtValue[] Set() => [.. sizes.Select(size => memory.Allocate(ElementType.Float32, new(size)))];
    }

    /// <summary>The vectors that the steps of a turn, 0 or 1, read; those of the other turn write them.</summary>
    public OrtValue[] this[int turn] => _sets[turn];

    /// <summary>A copy of a vector in host memory.</summary>
    public float[] Read(int turn, int vector)
    {
        float[] copy = [];
        Look(turn, vector, numbers => copy = numbers.ToArray());
        return copy;
    }

    /// <summary>Shows a vector: its memory itself where it lies on the host.</summary>
    public void Look(int turn, int vector, Action<ReadOnlySpan<float>> look)
    {
        var value = _sets[turn][vector];
        if (_copies.Count == 0)
        {
            look(value.GetTensorDataAsSpan<float>());
            return;
        }
        using var host = HostTensors.Allocate(ElementType.Float32, new(value.GetTensorTypeAndShape().Shape));
        var numbers = host.GetTensorDataAsSpan<float>();
        _copies[numbers.Length].Run([value], [host]);
        look(numbers);
    }

    /// <summary>Writes a vector.</summary>
    public void Write(int turn, int vector, float[] values) => Fill(turn, vector, memory => values.CopyTo(memory));

    /// <summary>Fills a vector: its memory itself where it lies on the host.</summary>
    public void Fill(int turn, int vector, Action<Span<float>> fill)
    {
        var value = _sets[turn][vector];
        if (_copies.Count == 0)
        {
            fill(value.GetTensorMutableDataAsSpan<float>());
            return;
        }
        using var host = HostTensors.Allocate(ElementType.Float32, new(value.GetTensorTypeAndShape().Shape));
        var memory = host.GetTensorMutableDataAsSpan<float>();
        fill(memory);
        _copies[memory.Length].Run([host], [value]);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var copy in _copies.Values)
            copy.Dispose();
        foreach (var value in _sets.Distinct().SelectMany(set => set))
            value.Dispose();
    }
}
