using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;

namespace OnnxGraphs.Graphs;

/// <summary>The native library of ONNX Runtime, by its C API.</summary>
internal static unsafe class OrtLibrary
{
    /// <summary>Name of the library's file.</summary>
    public static string Name => OperatingSystem.IsWindows() ? "onnxruntime.dll"
        : OperatingSystem.IsMacOS() ? "libonnxruntime.dylib" : "libonnxruntime.so";

    /// <summary>
    /// Says which package is missing where no native library is found. Called before the binding is used: its own error is
    /// a TypeInitializationException of an internal class.
    /// </summary>
    /// <exception cref="DllNotFoundException">No package of the application brings the library.</exception>
    public static void Require()
    {
        try
        {
            _ = OrtEnv.Instance();
        }
        catch (TypeInitializationException error) when (error.GetBaseException() is DllNotFoundException missing)
        {
            throw new DllNotFoundException(
                $"ONNX Runtime's native library, {Name}, was not found in {AppContext.BaseDirectory}: no package of the "
                + "application brings it. Add one: 'dotnet add package Microsoft.ML.OnnxRuntime' (processor), "
                + "Microsoft.ML.OnnxRuntime.Gpu (CUDA) or Microsoft.ML.OnnxRuntime.DirectML (GPUs on Windows).", missing);
        }
    }

    /// <summary>
    /// The library's table of two functions, GetApi and GetVersionString; null where the library is not found. The
    /// managed binding is not asked for anything.
    /// </summary>
    public static void** ApiBase() =>
        TryOpen(out var library) && NativeLibrary.TryGetExport(library, "OrtGetApiBase", out var export)
            ? ((delegate* unmanaged<void**>)export)() : null;

    // On iOS it is linked into the program.
    private static bool TryOpen(out nint library)
    {
        library = OperatingSystem.IsIOS() ? NativeLibrary.GetMainProgramHandle() : 0;
        return library != 0 || NativeLibrary.TryLoad(Name, typeof(OrtEnv).Assembly, null, out library);
    }
}
