using System.Runtime.InteropServices;

namespace OnnxGraphs.Runtime;

/// <summary>Which of the native libraries that the CUDA provider needs are there: for messages when it fails.</summary>
internal static class CudaLibraries
{
    // Of each library the version that ONNX Runtime 1.29 is built for, then older ones that people have.
    private static readonly (string Name, int[] Versions)[] Needed =
        [("cudart", [13, 12, 11]), ("cublasLt", [13, 12, 11]), ("cudnn", [9, 8])];

    /// <summary>One line: each library as found, as found in another version, or as missing.</summary>
    public static string Report()
    {
        var driver = OperatingSystem.IsWindows() ? "nvcuda.dll" : "libcuda.so.1";
        return string.Join("; ", Needed.Select(library => State(library.Name, library.Versions))
            .Prepend($"the driver {driver} is {(IsThere(driver) ? "there" : "missing")}"));
    }

    private static string State(string name, int[] versions) =>
        versions.FirstOrDefault(version => IsThere(File(name, version))) switch
        {
            0 => $"{File(name, versions[0])} is missing",
            var found when found == versions[0] => $"{File(name, found)} is there",
            var found => $"{File(name, versions[0])} is missing, but {File(name, found)} is there",
        };

    private static string File(string name, int version) =>
        OperatingSystem.IsWindows() ? $"{name}64_{version}.dll" : $"lib{name}.so.{version}";

    private static bool IsThere(string name)
    {
        if (!NativeLibrary.TryLoad(name, out var library))
            return false;
        NativeLibrary.Free(library);
        return true;
    }
}
