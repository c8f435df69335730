using OnnxGraphs.Models;
using OnnxGraphs.Optimizers;
using OnnxGraphs.Precision;
using OnnxGraphs.Runtime;

namespace OnnxGraphs.Training;

/// <summary>Each step is one ONNX model that stock ONNX Runtime runs: the rule.</summary>
public sealed record StepBackend : ITrainingBackend
{
    /// <inheritdoc/>
    public ITrainingRun Start(OnnxModel model, IReadOnlyList<string> heads, LossBuilder loss, Optimizer optimizer,
        TrainingGraphOptions options, Device device) =>
        options.Precision != StepPrecision.BFloat16 || device.IsCuda
            ? new TrainingRun(TrainingGraph.Build(model, heads, loss, optimizer, Formed(options, device)), model, device)
            : throw new InvalidOperationException(
                $"Precision {options.Precision} needs a device cuda:N, the device is {device}: ONNX Runtime computes "
                + $"bfloat16 there only. Choose {nameof(StepPrecision.Float32)}, or a CUDA device.");

    private static TrainingGraphOptions Formed(TrainingGraphOptions options, Device device) =>
        device.Provider == "webgpu" && options.Form == StepForm.Native ? options with { Form = StepForm.WebGpu } : options;
}
