using System.Globalization;
using Microsoft.ML.OnnxRuntime;

namespace OnnxGraphs.Runtime;

/// <summary>Where a model runs: <c>cpu</c> or <c>cuda:N</c>.</summary>
/// <param name="Provider">Execution provider of ONNX Runtime: <c>cpu</c> or <c>cuda</c>.</param>
/// <param name="Id">Number of the GPU; 0 for the CPU.</param>
public sealed record Device(string Provider, int Id = 0)
{
    /// <summary>The processor.</summary>
    public static Device Cpu { get; } = new("cpu");

    /// <summary>
    /// Whether sessions on the processor compute what they can with this library's own kernels, in place of ONNX
    /// Runtime's operators. Results agree up to rounding. Nothing of it is in the models that are saved.
    /// </summary>
    public bool Kernels { get; init; } = true;

    /// <summary>Whether the device has memory of its own.</summary>
    public bool IsCuda => Provider == "cuda";

    /// <summary>Reads <c>cpu</c>, <c>cuda</c> or <c>cuda:1</c>.</summary>
    public static Device Parse(string text)
    {
        var parts = text.Trim().ToLowerInvariant().Split(':');
        if (parts is ["cpu"])
            return Cpu;
        if (parts is ["cuda"])
            return new("cuda");
        if (parts is ["cuda", var number] && int.TryParse(number, CultureInfo.InvariantCulture, out var id) && id >= 0)
            return new("cuda", id);
        throw new ArgumentException($"Device '{text}' is not known; expected cpu, cuda or cuda:N.");
    }

    /// <summary>
    /// Options of a session on this device, tuned for training steps: no memory pattern (it doubles the workspace at
    /// equal speed), the arena kept.
    /// </summary>
    /// <exception cref="InvalidOperationException">The native library lacks the device's provider or finds no such
    /// GPU.</exception>
    public SessionOptions CreateSessionOptions()
    {
        var options = new SessionOptions
        {
            EnableMemoryPattern = false,
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_EXTENDED,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
        };
        if (!IsCuda)
            return options;
        try
        {
            options.AppendExecutionProvider_CUDA(Id);
            return options;
        }
        // A library built for the CPU alone lacks the function itself.
        catch (Exception error) when (error is OnnxRuntimeException or EntryPointNotFoundException)
        {
            options.Dispose();
            throw new InvalidOperationException($"Device {this} cannot be used ({error.Message.Trim()}). ONNX "
                + $"Runtime {OrtEnv.Instance().GetVersionString()} needs the package Microsoft.ML.OnnxRuntime.Gpu of "
                + "its version, and CUDA 13 and cuDNN 9 on the library path; or use the device cpu. Here "
                + $"{CudaLibraries.Report()}.", error);
        }
    }

    /// <summary><c>cpu</c> or <c>cuda:N</c>.</summary>
    public override string ToString() => IsCuda ? $"cuda:{Id}" : Provider;
}
