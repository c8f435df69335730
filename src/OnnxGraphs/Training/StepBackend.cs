using OnnxGraphs.Models;
using OnnxGraphs.Optimizers;
using OnnxGraphs.Runtime;

namespace OnnxGraphs.Training;

/// <summary>Each step is one ONNX model that stock ONNX Runtime runs: the rule.</summary>
public sealed record StepBackend : ITrainingBackend
{
    /// <inheritdoc/>
    public ITrainingRun Start(OnnxModel model, IReadOnlyList<string> heads, LossBuilder loss, Optimizer optimizer,
        TrainingGraphOptions options, Device device) =>
        new TrainingRun(TrainingGraph.Build(model, heads, loss, optimizer, options), model, device);
}
