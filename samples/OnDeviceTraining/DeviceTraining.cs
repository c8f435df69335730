using Microsoft.ML.OnnxRuntime;

namespace Samples.OnDeviceTraining;

/// <summary>
/// The code of an application that trains on a phone or desktop. All it needs is the package
/// Microsoft.ML.OnnxRuntime.Training and the four files: copy this class.
/// </summary>
internal sealed class DeviceTraining : IDisposable
{
    private readonly CheckpointState _state;
    private readonly TrainingSession _session;

    /// <summary>Opens the artifacts of a folder, or goes on from a checkpoint that was saved here.</summary>
    public DeviceTraining(string folder, string? checkpoint = null)
    {
        _state = CheckpointState.LoadCheckpoint(checkpoint ?? Path.Combine(folder, "checkpoint"));
        _session = new(_state, Path.Combine(folder, "training_model.onnx"), Path.Combine(folder, "eval_model.onnx"),
            Path.Combine(folder, "optimizer_model.onnx"));
    }

    /// <summary>
    /// One update from one or several batches, whose gradients are added up; returns the loss of the last. A batch
    /// lists its tensors in the order of the training model's inputs: pixels, then targets.
    /// </summary>
    public float Update(IEnumerable<IReadOnlyList<OrtValue>> batches, float learningRate)
    {
        var loss = float.NaN;
        foreach (var batch in batches)
        {
            using var outputs = _session.TrainStep([.. batch]);
            loss = outputs.First().GetTensorDataAsSpan<float>()[0];
        }
        // The session begins with 0.001, whatever the checkpoint says.
        _session.SetLearningRate(learningRate);
        _session.OptimizerStep();
        _session.LazyResetGrad();
        return loss;
    }

    /// <summary>The loss on a batch that is not trained on.</summary>
    public float Evaluate(IReadOnlyList<OrtValue> batch)
    {
        using var outputs = _session.EvalStep([.. batch]);
        return outputs.First().GetTensorDataAsSpan<float>()[0];
    }

    /// <summary>Saves weights and optimiser state, to go on later or to take them back into the detector.</summary>
    public void Save(string checkpoint) =>
        CheckpointState.SaveCheckpoint(_state, checkpoint, includeOptimizerState: true);

    // The session works on the memory of the state: it goes first.
    public void Dispose()
    {
        _session.Dispose();
        _state.Dispose();
    }
}
