using Microsoft.ML.OnnxRuntime;
using OnnxGraphs.Graphs;
using OnnxGraphs.Runtime;

namespace OnnxGraphs.Training;

/// <summary>
/// Memory of a step's data. Callers fill sets in host memory, as many as they prepare ahead. With fixed buffers a set is
/// copied into one of two buffers, which steps read in turn: one is filled while the other is read. Else a step reads the
/// set itself.
/// </summary>
internal sealed class StepInputs : IDisposable
{
    private readonly IReadOnlyList<Var> _data;
    private readonly DeviceMemory _memory;
    private readonly Lock _gpu;
    private readonly List<Dictionary<string, OrtValue>> _sets = [];
    private readonly Dictionary<string, OrtValue>[]? _fixed;
    private readonly (Var[] Inputs, TensorCopy? Copy) _early, _late;
    private readonly (int Step, int Set)[] _staged = [(-1, -1), (-1, -1)];

    /// <summary>Memory for data.</summary>
    /// <param name="data">The inputs.</param>
    /// <param name="early">Names of those that are complete before a step begins; the others are written in its course,
    /// from its predictions.</param>
    /// <param name="device">Where the step runs.</param>
    /// <param name="memory">Memory there.</param>
    /// <param name="gpu">Held while memory is made, and while a graph is captured.</param>
    public StepInputs(
        IReadOnlyList<Var> data, IReadOnlySet<string> early, Device device, DeviceMemory memory, Lock gpu)
    {
        (_data, _memory, _gpu) = (data, memory, gpu);
        if (!device.FixedBuffers)
            return;
        _fixed = [New(memory.AllocateInput), New(memory.AllocateInput)];
        _early = Group([.. data.Where(input => early.Contains(input.Name))]);
        _late = Group([.. data.Where(input => !early.Contains(input.Name))]);

        (Var[], TensorCopy?) Group(Var[] inputs) => (inputs,
            inputs.Length == 0 ? null : new(device, [.. inputs.Select(input => (input.Type, input.Shape))]));
    }

    /// <summary>The host memory of an input in a set, which is made when it is first asked for.</summary>
    /// <exception cref="ArgumentException">There is no such input.</exception>
    public OrtValue Host(string name, int set) => Set(set).TryGetValue(name, out var value) ? value
        : throw new ArgumentException(
            $"The step has no data input '{name}'; it has {string.Join(", ", _data.Select(input => input.Name))}.");

    /// <summary>Copies what is complete of a set into the buffer of a step.</summary>
    public void Stage(int set, int step)
    {
        if (_fixed is null)
            return;
        Copy(_early, set, step);
        _staged[step % 2] = (step, set);
    }

    /// <summary>Stages a set for a step unless that was done.</summary>
    public void EnsureStaged(int set, int step)
    {
        if (_staged[step % 2] != (step, set))
            Stage(set, step);
    }

    /// <summary>Copies what a step lacks of a set; to be called when all is written.</summary>
    public void Complete(int set, int step)
    {
        EnsureStaged(set, step);
        if (_fixed is not null)
            Copy(_late, set, step);
    }

    /// <summary>What a step reads.</summary>
    public IReadOnlyDictionary<string, OrtValue> Bound(int set, int step) => _fixed?[step % 2] ?? Set(set);

    /// <summary>Which of a run's bindings serves a step: with fixed buffers there are two.</summary>
    public (int Turn, int Set) Binding(int set, int step) => (step % 2, _fixed is null ? set : 0);

    /// <summary>Forgets what was staged: the run goes on elsewhere.</summary>
    public void Reset() => Array.Fill(_staged, (-1, -1));

    /// <inheritdoc/>
    public void Dispose()
    {
        _early.Copy?.Dispose();
        _late.Copy?.Dispose();
        foreach (var value in _sets.Concat(_fixed ?? []).SelectMany(set => set.Values))
            value.Dispose();
    }

    private Dictionary<string, OrtValue> Set(int set)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(set);
        lock (_gpu)
        {
            while (_sets.Count <= set)
                _sets.Add(New((_, type, shape) => _memory.AllocateHost(type, shape)));
            return _sets[set];
        }
    }

    private void Copy((Var[] Inputs, TensorCopy? Copy) group, int set, int step)
    {
        var (from, to) = (Set(set), _fixed![step % 2]);
        group.Copy?.Run([.. group.Inputs.Select(input => from[input.Name])],
            [.. group.Inputs.Select(input => to[input.Name])]);
    }

    private Dictionary<string, OrtValue> New(Func<string, ElementType, TensorShape, OrtValue> allocate) =>
        _data.ToDictionary(input => input.Name, input => allocate(input.Name, input.Type, input.Shape));
}
