using Microsoft.ML.OnnxRuntime;
using OnnxGraphs.Graphs;
using OnnxGraphs.Optimizers;
using OnnxGraphs.Runtime;
using OnnxGraphs.Training;

namespace OnnxGraphs.Artifacts;

/// <summary>A run in the official training session. Its folder of artifacts is deleted at the end.</summary>
internal sealed class OrtTrainingRun : ITrainingRun
{
    private readonly TrainingArtifacts _artifacts;
    private readonly Optimizer _optimizer;
    private readonly List<OrtValue[]> _sets = [];
    private readonly Lock _growing = new();
    private readonly Dictionary<string, float> _losses = [];
    private CheckpointState _state;
    private TrainingSession _session;
    private IDisposable? _predicted;

    public OrtTrainingRun(TrainingArtifacts artifacts, Optimizer optimizer)
    {
        (_artifacts, _optimizer) = (artifacts, optimizer);
        (_state, _session) = Open();
    }

    public ParameterLayout Layout => _artifacts.Layout;

    public IReadOnlyList<Var> Data => _artifacts.Data;

    public IReadOnlyList<string> Terms => [.. _artifacts.Outputs.Skip(1)];

    public Device Device => Device.Cpu;

    public NodePlacement? Placement => null;

    public int Steps { get; private set; }

    public Span<T> Input<T>(string name, int set = 0) where T : unmanaged
    {
        var place = Data.Index().FirstOrDefault(input => input.Item.Name == name, (-1, null!)).Index;
        return place >= 0 ? Set(set)[place].GetTensorMutableDataAsSpan<T>() : throw new ArgumentException(
            $"The step has no data input '{name}'; it has {string.Join(", ", Data.Select(input => input.Name))}.");
    }

    // Steps run on the processor, on the caller's memory.
    public void Stage(int set, int step)
    {
    }

    public IReadOnlyDictionary<string, OrtValue> Predict(int set = 0)
    {
        if (_artifacts.Predictions.Count == 0)
            throw new InvalidOperationException(
                "The step has no predictions; declare them as outputs of the graph in the loss builder.");
        _predicted?.Dispose();
        var values = _session.EvalStep(Set(set));
        _predicted = values;
        return _session.OutputNames(training: false).Zip(values)
            .Where(pair => _artifacts.Predictions.Contains(pair.First))
            .ToDictionary(pair => pair.First, pair => pair.Second);
    }

    public void Advance(float learningRate, int set = 0)
    {
        _session.SetLearningRate(learningRate);
        using (var losses = _session.TrainStep(Set(set)))
            foreach (var (name, value) in _artifacts.Outputs.Zip(losses))
                _losses[name] = value.GetTensorDataAsSpan<float>()[0];
        _session.OptimizerStep();
        _session.LazyResetGrad();
        Steps++;
    }

    public float Term(string name) => _artifacts.Outputs.Contains(name) ? _losses.GetValueOrDefault(name)
        : throw new ArgumentException($"The step has no loss term '{name}'; it has {string.Join(", ", Terms)}.");

    public float[] Read(int vector)
    {
        if (vector > 0)
            return Save().Vectors[TrainingGraph.SlotVectors(_optimizer)[vector - 1]];
        using var weights = _session.ToBuffer(onlyTrainable: true);
        return weights.GetTensorDataAsSpan<float>().ToArray();
    }

    // The optimiser's state can be had from a saved checkpoint alone.
    public Checkpoint Save()
    {
        CheckpointState.SaveCheckpoint(_state, _artifacts.Checkpoint, includeOptimizerState: true);
        return OrtCheckpoint.Load(_artifacts.Checkpoint).ToCheckpoint(Layout, _optimizer) with { Step = Steps };
    }

    public void Restore(Checkpoint checkpoint)
    {
        checkpoint.CheckFits(Layout, [TrainingGraph.Parameters]);
        checkpoint.ToOrt(_optimizer).Save(_artifacts.Checkpoint);
        Close();
        (_state, _session) = Open();
        Steps = checkpoint.Step;
    }

    public void Dispose()
    {
        Close();
        foreach (var input in _sets.SelectMany(set => set))
            input.Dispose();
        Directory.Delete(_artifacts.Folder, recursive: true);
    }

    private OrtValue[] Set(int set)
    {
        lock (_growing)
        {
            while (_sets.Count <= set)
                _sets.Add([.. Data.Select(input => HostTensors.Allocate(input.Type, input.Shape))]);
            return _sets[set];
        }
    }

    private (CheckpointState, TrainingSession) Open()
    {
        var state = CheckpointState.LoadCheckpoint(_artifacts.Checkpoint);
        try
        {
            return (state, new(state, _artifacts.TrainingModel, _artifacts.EvalModel, _artifacts.OptimizerModel));
        }
        catch
        {
            state.Dispose();
            throw;
        }
    }

    // The session works on the state's memory: it goes first.
    private void Close()
    {
        _predicted?.Dispose();
        _session.Dispose();
        _state.Dispose();
    }
}
