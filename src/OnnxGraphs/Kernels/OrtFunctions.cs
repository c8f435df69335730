using System.Runtime.InteropServices;
using System.Text;
using Microsoft.ML.OnnxRuntime;
using OnnxGraphs.Graphs;

namespace OnnxGraphs.Kernels;

/// <summary>
/// The functions of ONNX Runtime's C API that kernels and planned memory need and the managed binding keeps to itself. The
/// table only ever grows at its end, so the places are those of onnxruntime_c_api.h in every version from 1.18 on.
/// </summary>
internal readonly unsafe struct OrtFunctions
{
    private const int Fail = 1;

    private readonly void** _table;

    private OrtFunctions(void** table) => _table = table;

    /// <summary>The table of the library that the managed binding has loaded; null where it is older.</summary>
    public static OrtFunctions? Load()
    {
        // Asks the binding for something first: it knows where the native library lies.
        OrtLibrary.Require();
        var apiBase = OrtLibrary.ApiBase();
        if (apiBase is null)
            return null;
        var table = ((delegate* unmanaged<uint, void**>)apiBase[0])(OrtCustomOp.ApiVersion);
        return table is null ? null : new(table);
    }

    public void* CreateDomain(string name)
    {
        void* domain;
        fixed (byte* text = Utf8(name))
            Check(((delegate* unmanaged<byte*, void**, void*>)_table[26])(text, &domain));
        return domain;
    }

    public void AddOperator(void* domain, OrtCustomOp* op) =>
        Check(((delegate* unmanaged<void*, OrtCustomOp*, void*>)_table[27])(domain, op));

    public void AddDomain(nint sessionOptions, void* domain) =>
        Check(((delegate* unmanaged<nint, void*, void*>)_table[28])(sessionOptions, domain));

    public void ReleaseDomain(void* domain) => ((delegate* unmanaged<void*, void>)_table[101])(domain);

    /// <summary>Address of the elements of an input.</summary>
    public void* Input(void* context, int index)
    {
        void* value;
        Check(((delegate* unmanaged<void*, nuint, void**, void*>)_table[90])(context, (nuint)index, &value));
        return Data(value);
    }

    /// <summary>Address of the elements of an output of the given shape.</summary>
    public void* Output(void* context, int index, ReadOnlySpan<long> shape)
    {
        void* value;
        fixed (long* dims = shape)
            Check(((delegate* unmanaged<void*, nuint, long*, nuint, void**, void*>)_table[91])(
                context, (nuint)index, dims, (nuint)shape.Length, &value));
        return Data(value);
    }

    /// <summary>Calls the function for 0 to count - 1 on ONNX Runtime's threads.</summary>
    public void ParallelFor(void* context, delegate* unmanaged<void*, nuint, void> function, int count, void* data) =>
        Check(((delegate* unmanaged<void*, delegate* unmanaged<void*, nuint, void>, nuint, nuint, void*, void*>)
            _table[274])(context, function, (nuint)count, 0, data));

    /// <summary>The allocator (with its arena) of the provider that a kernel is made for.</summary>
    public void* Allocator(void* kernelInfo)
    {
        const int defaultMemory = 0;
        void* allocator;
        Check(((delegate* unmanaged<void*, int, void**, void*>)_table[278])(kernelInfo, defaultMemory, &allocator));
        return allocator;
    }

    /// <summary>What describes the processor's memory.</summary>
    public void* CpuMemory()
    {
        const int deviceAllocator = 0, defaultMemory = 0;
        void* info;
        Check(((delegate* unmanaged<int, int, void**, void*>)_table[69])(deviceAllocator, defaultMemory, &info));
        return info;
    }

    public void RegisterAllocator(nint environment, void* allocator) =>
        Check(((delegate* unmanaged<nint, void*, void*>)_table[176])(environment, allocator));

    public void UnregisterAllocator(nint environment, void* memory) =>
        Check(((delegate* unmanaged<nint, void*, void*>)_table[177])(environment, memory));

    public void ReleaseAllocator(void* allocator) => ((delegate* unmanaged<void*, void>)_table[132])(allocator);

    public void* Allocate(void* allocator, long bytes)
    {
        void* memory;
        Check(((delegate* unmanaged<void*, nuint, void**, void*>)_table[75])(allocator, (nuint)bytes, &memory));
        return memory;
    }

    public void Free(void* allocator, void* memory) =>
        Check(((delegate* unmanaged<void*, void*, void*>)_table[76])(allocator, memory));

    /// <summary>A status that reports a failure; ONNX Runtime releases it.</summary>
    public void* Failure(string message)
    {
        fixed (byte* text = Utf8(message))
            return ((delegate* unmanaged<int, byte*, void*>)_table[0])(Fail, text);
    }

    private void* Data(void* value)
    {
        void* data;
        Check(((delegate* unmanaged<void*, void**, void*>)_table[51])(value, &data));
        return data;
    }

    private void Check(void* status)
    {
        if (status is null)
            return;
        var message = Marshal.PtrToStringUTF8((nint)((delegate* unmanaged<void*, byte*>)_table[2])(status));
        ((delegate* unmanaged<void*, void>)_table[93])(status);
        throw new InvalidOperationException($"ONNX Runtime refused a call of its C API: {message}.");
    }

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text + '\0');
}
