using Microsoft.ML.OnnxRuntime;
using OnnxGraphs.Graphs;
using OnnxGraphs.Models;
using OnnxGraphs.Precision;
using OnnxGraphs.Runtime;

namespace OnnxGraphs.Training;

/// <summary>
/// Several steps on the same weights, one for each shape of the data: each has its session, and all read and write the
/// same vectors, so that nothing is copied from one to the next. Sets of inputs belong to the steps in turn: of n steps
/// set i is for step i modulo n.
/// </summary>
public sealed class VariantRun : ITrainingRun
{
    private readonly IReadOnlyList<TrainingRun> _runs;
    private TrainingRun _last;

    /// <summary>Starts from a model's weights with empty optimiser state.</summary>
    /// <param name="graphs">The steps, of equal parameters, optimiser and terms.</param>
    /// <param name="model">A model that one of them was built from.</param>
    /// <param name="device">Where they run; the processor where it is not given.</param>
    /// <exception cref="ArgumentException">There is no step, or the steps differ in more than shapes.</exception>
    /// <exception cref="InvalidOperationException">The device cannot be used, or captures steps.</exception>
    public VariantRun(IReadOnlyList<TrainingGraph> graphs, OnnxModel model, Device? device = null)
    {
        device ??= Device.Cpu;
        if (graphs.Count == 0)
            throw new ArgumentException("There is no step; give one for each shape of the data.", nameof(graphs));
        foreach (var graph in graphs.Skip(1))
            if (Differs(graphs[0], graph) is { } what)
                throw new ArgumentException(
                    $"Steps on the same weights have other {what}; build all with the same model and options but shapes.",
                    nameof(graphs));
        if (device.CaptureGraph)
            throw new InvalidOperationException($"{nameof(Device)}.{nameof(Device.CaptureGraph)} is on, but steps of several "
                + "shapes take turns, and one alone could be captured; leave it off.");
        _runs = TrainingRun.Sharing(graphs, model, device);
        _last = _runs[0];
    }

    /// <inheritdoc/>
    public ParameterLayout Layout => _runs[0].Graph.Layout;

    /// <summary>Inputs of the first step; the others have equal ones of other shapes.</summary>
    public IReadOnlyList<Var> Data => _runs[0].Graph.Data;

    /// <inheritdoc/>
    public IReadOnlyList<string> Terms => _runs[0].Graph.Terms;

    /// <inheritdoc/>
    public Device Device => _runs[0].Device;

    /// <summary>Which execution providers compute the first step; null on the processor, and before it ran.</summary>
    public NodePlacement? Placement => _runs[0].Placement;

    /// <inheritdoc/>
    public int Steps => _runs[0].Steps;

    /// <inheritdoc/>
    public LossScaleState? LossScale => _runs[0].LossScale;

    /// <inheritdoc/>
    public Span<T> Input<T>(string name, int set = 0) where T : unmanaged => Of(set).Input<T>(name, set / _runs.Count);

    /// <inheritdoc/>
    public void Stage(int set, int step) => Of(set).Stage(set / _runs.Count, step);

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, OrtValue> Predict(int set = 0) => Of(set).Predict(set / _runs.Count);

    /// <inheritdoc/>
    public void Advance(float learningRate, int set = 0)
    {
        _last = Of(set);
        _last.Advance(learningRate, set / _runs.Count);
    }

    /// <inheritdoc/>
    public float Term(string name) => _last.Term(name);

    /// <inheritdoc/>
    public float[] Read(int vector) => _runs[0].Read(vector);

    /// <inheritdoc/>
    public float[] ReadWeights() => _runs[0].ReadWeights();

    /// <inheritdoc/>
    public Checkpoint Save() => _runs[0].Save();

    /// <inheritdoc/>
    public void WriteCheckpoint(
        string path, IReadOnlyDictionary<string, string> notes, IReadOnlyDictionary<string, float[]> also) =>
        _runs[0].WriteCheckpoint(path, notes, also);

    /// <inheritdoc/>
    public void Restore(Checkpoint checkpoint)
    {
        foreach (var run in _runs)
            run.Restore(checkpoint);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // The first one's session made the vectors.
        foreach (var run in _runs.Reverse())
            run.Dispose();
    }

    private TrainingRun Of(int set) => _runs[set % _runs.Count];

    private static string? Differs(TrainingGraph a, TrainingGraph b) =>
        !a.Layout.Entries.SequenceEqual(b.Layout.Entries) ? "parameters"
        : !a.Vectors.SequenceEqual(b.Vectors) ? "state of the optimiser"
        : !a.Terms.SequenceEqual(b.Terms) ? "terms of the loss"
        : !a.Data.Select(input => input.Name).SequenceEqual(b.Data.Select(input => input.Name)) ? "inputs"
        : a.Sums.Count + b.Sums.Count > 0 ? "sums over parts of a batch" : null;
}
