using System.Diagnostics;
using System.Runtime.InteropServices;
using OnnxGraphs.Runtime;

namespace Benchmarks.Cuda;

/// <summary>Memory in use, in megabytes: the device's by the CUDA runtime, the process's by the system.</summary>
internal sealed unsafe class Memory
{
    // int cudaMemGetInfo(size_t* free, size_t* total)
    private readonly delegate* unmanaged<nuint*, nuint*, int> _info;

    public Memory(Device device)
    {
        if (!device.IsCuda)
            return;
        string[] names = OperatingSystem.IsWindows() ? ["cudart64_13.dll"] : ["libcudart.so.13", "libcudart.so.12"];
        foreach (var name in names)
            if (_info == null && NativeLibrary.TryLoad(name, out var library)
                && NativeLibrary.TryGetExport(library, "cudaMemGetInfo", out var function))
                _info = (delegate* unmanaged<nuint*, nuint*, int>)function;
    }

    /// <summary>Of the GPU, all its users together; null where nobody can tell.</summary>
    public double? Device()
    {
        nuint free, total;
        return _info != null && _info(&free, &total) == 0 ? (total - free) / 1e6 : null;
    }

    /// <summary>Of this process in main memory.</summary>
    public static double Process()
    {
        using var process = System.Diagnostics.Process.GetCurrentProcess();
        return process.WorkingSet64 / 1e6;
    }
}
