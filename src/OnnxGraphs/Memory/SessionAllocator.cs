using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using OnnxGraphs.Kernels;

namespace OnnxGraphs.Memory;

/// <summary>
/// <c>OrtAllocator</c> of onnxruntime_c_api.h as of version 18, before a session's memory. It is never freed: values
/// that a session has returned may be given back after it is closed.
/// </summary>
internal sealed unsafe class SessionAllocator
{
    // What describes the processor's memory, for all.
    private static void* _cpu;

    private readonly OrtFunctions _functions;
    private readonly Table* _table;

    /// <summary>Before a memory.</summary>
    public SessionAllocator(PlannedMemory memory, OrtFunctions functions)
    {
        _functions = functions;
        _table = (Table*)NativeMemory.AllocZeroed((nuint)sizeof(Table));
        *_table = new()
        {
            Version = OrtCustomOp.ApiVersion,
            Alloc = &Alloc,
            Free = &Free,
            Info = &Info,
            Reserve = &Alloc,
            Memory = GCHandle.ToIntPtr(GCHandle.Alloc(memory)),
        };
    }

    /// <summary>
    /// Makes a session that asks this one for memory. ONNX Runtime takes it by way of the environment, where it stays for
    /// that long only. Where an application has put an allocator of its own there, the session has its own arena.
    /// </summary>
    public InferenceSession Create(byte[] model, SessionOptions options)
    {
        _cpu = _cpu is null ? _functions.CpuMemory() : _cpu;
        var environment = OrtEnv.Instance().DangerousGetHandle();
        if (EnvironmentAllocator.IsGiven())
            return new(model, options);
        _functions.RegisterAllocator(environment, _table);
        try
        {
            options.AddSessionConfigEntry(EnvironmentAllocator.Taken, "1");
            return new(model, options);
        }
        finally
        {
            _functions.UnregisterAllocator(environment, _cpu);
        }
    }

    [UnmanagedCallersOnly]
    private static void* Info(Table* table) => _cpu;

    [UnmanagedCallersOnly]
    private static void* Alloc(Table* table, nuint bytes)
    {
        if (bytes == 0)
            return null;
        var block = Of(table).Allocate(checked((long)bytes));
        if (block is not null)
            return block + 1;
        if (!MemoryRequest.MayBeRefused)
            Environment.FailFast(MemoryRequest.Message((long)bytes));
        return null;
    }

    [UnmanagedCallersOnly]
    private static void Free(Table* table, void* memory)
    {
        if (memory is not null)
            Of(table).Free((BlockHead*)memory - 1);
    }

    private static PlannedMemory Of(Table* table) => (PlannedMemory)GCHandle.FromIntPtr(table->Memory).Target!;

    private struct Table
    {
        public uint Version;
        public delegate* unmanaged<Table*, nuint, void*> Alloc;
        public delegate* unmanaged<Table*, void*, void> Free;
        public delegate* unmanaged<Table*, void*> Info;
        public delegate* unmanaged<Table*, nuint, void*> Reserve;
        public nint Memory;
    }
}
