using OnnxGraphs.Distributed;
using OnnxGraphs.Models;
using OnnxGraphs.Optimizers;
using OnnxGraphs.Precision;
using OnnxGraphs.Runtime;

namespace OnnxGraphs.Training;

/// <summary>Each step is one ONNX model that stock ONNX Runtime runs: the rule.</summary>
public sealed record StepBackend : ITrainingBackend
{
    /// <summary>
    /// The processes that take the steps together, each on its part of every batch: <see cref="MpiRanks"/>, or
    /// <see cref="ThreadRanks"/>. One that takes them alone by default.
    /// </summary>
    public IRanks Ranks { get; init; } = new SingleRank();

    /// <inheritdoc/>
    public ITrainingRun Start(OnnxModel model, IReadOnlyList<string> heads, LossBuilder loss, Optimizer optimizer,
        TrainingGraphOptions options, Device device) =>
        options.Precision != StepPrecision.BFloat16 || device.IsCuda
            ? Run(TrainingGraph.Build(model, heads, loss, optimizer, Formed(options, device)), model, options, device)
            : throw new InvalidOperationException(
                $"Precision {options.Precision} needs a device cuda:N, the device is {device}: ONNX Runtime computes "
                + $"bfloat16 there only. Choose {nameof(StepPrecision.Float32)}, or a CUDA device.");

    private static TrainingGraphOptions Formed(TrainingGraphOptions options, Device device) =>
        device.Provider == "webgpu" && options.Form == StepForm.Native ? options with { Form = StepForm.WebGpu } : options;

    private ITrainingRun Run(TrainingGraph graph, OnnxModel model, TrainingGraphOptions options, Device device) =>
        options.Parts is null ? new TrainingRun(graph, model, device) : new PartedRun(graph, model, Ranks, device);
}
