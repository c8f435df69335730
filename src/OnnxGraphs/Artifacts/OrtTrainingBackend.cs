using OnnxGraphs.Models;
using OnnxGraphs.Optimizers;
using OnnxGraphs.Runtime;
using OnnxGraphs.Training;

namespace OnnxGraphs.Artifacts;

/// <summary>
/// Steps in the official <c>TrainingSession</c>, on the processor. It needs a native library built with training:
/// <see cref="OrtTraining.WhyNot"/> tells. Optimisers are those of <see cref="TrainingArtifacts"/>.
/// </summary>
/// <param name="Kernels">What gradients are made of.</param>
public sealed record OrtTrainingBackend(GradientKernels Kernels = GradientKernels.TrainingRuntime) : ITrainingBackend
{
    /// <summary>Version of the C API that the managed binding asks for.</summary>
    public int BindingApi { get; init; } = OrtTraining.BindingApi;

    /// <inheritdoc/>
    public ITrainingRun Start(OnnxModel model, IReadOnlyList<string> heads, LossBuilder loss, Optimizer optimizer,
        TrainingGraphOptions options, Device device)
    {
        if (OrtTraining.WhyNot(BindingApi) is { } reason)
            throw new InvalidOperationException($"{nameof(OrtTrainingBackend)} cannot be used. {reason}");
        if (!device.IsProcessor)
            throw new InvalidOperationException($"{nameof(OrtTrainingBackend)} runs on the processor; the device is "
                + $"{device}. Choose cpu, or {nameof(StepBackend)}.");
        // The runtime takes its artifacts from files.
        var folder = Directory.CreateTempSubdirectory("training-artifacts-").FullName;
        try
        {
            var artifacts = TrainingArtifacts.Write(
                model, heads, loss, optimizer, folder, new() { Graph = options, Kernels = Kernels });
            return new OrtTrainingRun(artifacts, optimizer);
        }
        catch
        {
            Directory.Delete(folder, recursive: true);
            throw;
        }
    }
}
