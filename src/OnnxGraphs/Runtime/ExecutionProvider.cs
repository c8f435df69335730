using System.Globalization;
using Microsoft.ML.OnnxRuntime;

namespace OnnxGraphs.Runtime;

/// <summary>What the execution providers of ONNX Runtime are called, and how a session is given one.</summary>
internal static class ExecutionProvider
{
    /// <summary>Name of the allocator of a device's own memory; null where a step works in host memory.</summary>
    public static string? Memory(Device device) => device.Provider switch
    {
        "cuda" => "Cuda", "dml" => "DML", "webgpu" => "WebGPU_Buf", _ => null,
    };

    /// <summary>
    /// Name of the allocator of host memory that the device reads without a copy on the way; null where there is none.
    /// </summary>
    public static string? PageLocked(Device device) => device.IsCuda ? "CudaPinned" : null;

    /// <summary>Gives a session the device's provider.</summary>
    /// <exception cref="InvalidOperationException">The native library lacks it, or it finds no such device.</exception>
    public static void Append(SessionOptions options, Device device, bool capture)
    {
        try
        {
            if (device.IsCuda)
                AppendCuda(options, device, capture);
            else if (device.Provider == "dml")
                options.AppendExecutionProvider_DML(device.Id);
            else if (device.Provider == "coreml")
                options.AppendExecutionProvider("CoreML", new(device.ProviderOptions));
            else if (device.Provider == "webgpu")
                options.AppendExecutionProvider("WebGPU", new(device.ProviderOptions));
            else if (!device.IsProcessor)
                throw new ArgumentException($"Provider '{device.Provider}' is not known; expected cpu, cuda, dml, coreml or "
                    + "webgpu.");
        }
        // A library built for the CPU alone lacks the function itself.
        catch (Exception error) when (error is OnnxRuntimeException or EntryPointNotFoundException)
        {
            throw new InvalidOperationException(
                $"Device {device} cannot be used ({Reason(error.Message)}). {Needed(device)}", error);
        }
    }

    private static void AppendCuda(SessionOptions options, Device device, bool capture)
    {
        using var cuda = new OrtCUDAProviderOptions();
        var settings = new Dictionary<string, string>
        {
            ["device_id"] = device.Id.ToString(CultureInfo.InvariantCulture),
            ["use_tf32"] = device.Tf32 ? "1" : "0",
            ["enable_cuda_graph"] = capture ? "1" : "0",
            // Doubling would hold up to twice the memory that the fixed shapes of a step ever need.
            ["arena_extend_strategy"] = "kSameAsRequested",
        };
        foreach (var (name, value) in device.ProviderOptions)
            settings[name] = value;
        cuda.UpdateOptions(settings);
        options.AppendExecutionProvider_CUDA(cuda);
    }

    // The last of nested messages is the loader's: which library could not be opened.
    private static string Reason(string message) => message.Split("with error: ")[^1].Trim();

    private static string Needed(Device device)
    {
        var version = OrtEnv.Instance().GetVersionString();
        return device.Provider switch
        {
            "cuda" => $"ONNX Runtime {version} needs the package Microsoft.ML.OnnxRuntime.Gpu of its version, and CUDA 13 "
                + $"on the library path; or use the device cpu. Here {CudaLibraries.Report()}.",
            "dml" => $"ONNX Runtime {version} needs the package Microsoft.ML.OnnxRuntime.DirectML, on Windows; or use the "
                + "device cpu.",
            "webgpu" => $"ONNX Runtime {version} needs a native library that was built with WebGPU, such as that of its package "
                + "for Node.js, and a driver for Vulkan, Metal or Direct3D 12; or use the device cpu.",
            _ => $"ONNX Runtime {version} has CoreML on macOS and iOS only; or use the device cpu.",
        };
    }
}
