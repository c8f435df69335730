using System.Runtime.InteropServices;

namespace OnnxGraphs.Runtime;

/// <summary>Which of the native libraries that the CUDA provider needs are there: for messages when it fails.</summary>
internal static class CudaLibraries
{
    private const string Provider = "libonnxruntime_providers_cuda.so";

    // Where the provider's own needs are not read: those of CUDA 13 that ONNX Runtime 1.31 is linked to on Linux.
    private static readonly string[] Windows = ["cudart64_13.dll", "cublas64_13.dll", "cublasLt64_13.dll"];

    /// <summary>Beside the program, and where .NET looks for native libraries.</summary>
    private static IEnumerable<string> Folders => ((string?)AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") ?? "")
        .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries).Prepend(AppContext.BaseDirectory);

    /// <summary>One line: the driver, and each library that the provider itself names, as found or missing.</summary>
    public static string Report()
    {
        var driver = OperatingSystem.IsWindows() ? "nvcuda.dll" : "libcuda.so.1";
        return string.Join("; ", Provided().Prepend(State("the driver " + driver, driver)));
    }

    private static IEnumerable<string> Provided()
    {
        if (!OperatingSystem.IsLinux())
            return Windows.Select(name => State(name, name));
        return Folders.Select(folder => Path.Combine(folder, Provider)).FirstOrDefault(File.Exists) is { } path
            ? Report(path) : [$"{Provider} is missing: no package with CUDA is referenced"];
    }

    /// <summary>The same for a provider's file: what it is linked to, but for the system's own libraries.</summary>
    internal static IEnumerable<string> Report(string provider) => ElfNeeds.Of(provider)
        .Where(name => name.StartsWith("libcu", StringComparison.Ordinal)).Select(name => State(name, name));

    private static string State(string shown, string name) => $"{shown} is {(IsThere(name) ? "there" : "missing")}";

    private static bool IsThere(string name)
    {
        if (!NativeLibrary.TryLoad(name, out var library))
            return false;
        NativeLibrary.Free(library);
        return true;
    }
}
