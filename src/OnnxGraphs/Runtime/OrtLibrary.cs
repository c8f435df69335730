using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;

namespace OnnxGraphs.Runtime;

/// <summary>The native library of ONNX Runtime, by its C API.</summary>
internal static unsafe class OrtLibrary
{
    /// <summary>Name of the library's file.</summary>
    public static string Name => OperatingSystem.IsWindows() ? "onnxruntime.dll"
        : OperatingSystem.IsMacOS() ? "libonnxruntime.dylib" : "libonnxruntime.so";

    /// <summary>
    /// The library's table of two functions, GetApi and GetVersionString; null where the library is not found. The
    /// managed binding is not asked for anything.
    /// </summary>
    public static void** ApiBase() =>
        NativeLibrary.TryLoad(Name, typeof(OrtEnv).Assembly, null, out var library)
        && NativeLibrary.TryGetExport(library, "OrtGetApiBase", out var export)
            ? ((delegate* unmanaged<void**>)export)() : null;
}
