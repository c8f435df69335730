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
        TrainingGraphOptions options, Device device)
    {
        var graph = Build(new(model, heads, loss, options), optimizer, device);
        return options.Parts is null ? new TrainingRun(graph, model, device) : new PartedRun(graph, model, Ranks, device);
    }

    /// <inheritdoc/>
    public ITrainingRun Start(IReadOnlyList<StepVariant> variants, Optimizer optimizer, Device device) =>
        variants is [var only] ? Start(only.Model, only.Heads, only.Loss, optimizer, only.Options, device)
            : new VariantRun([.. variants.Select(variant => Build(variant, optimizer, device))], variants[0].Model, device);

    private static TrainingGraph Build(StepVariant step, Optimizer optimizer, Device device) =>
        step.Options.Precision != StepPrecision.BFloat16 || device.IsCuda
            ? TrainingGraph.Build(step.Model, step.Heads, step.Loss, optimizer, Formed(step.Options, device))
            : throw new InvalidOperationException(
                $"Precision {step.Options.Precision} needs a device cuda:N, the device is {device}: ONNX Runtime computes "
                + $"bfloat16 there only. Choose {nameof(StepPrecision.Float32)}, or a CUDA device.");

    private static TrainingGraphOptions Formed(TrainingGraphOptions options, Device device) =>
        device.Provider == "webgpu" && options.Form == StepForm.Native ? options with { Form = StepForm.WebGpu } : options;
}
