using System.Runtime.InteropServices;
using System.Text;
using OnnxGraphs.Graphs;

namespace OnnxGraphs.Kernels;

/// <summary>A kernel with what ONNX Runtime asks about it, in memory that does not move.</summary>
internal sealed unsafe class BoundKernel : IDisposable
{
    private const int Alignment = 64;

    private readonly GCHandle _handle;

    public BoundKernel(Kernel kernel, string operatorName, OrtFunctions functions)
    {
        (Kernel, Functions) = (kernel, functions);
        var name = Encoding.UTF8.GetBytes(operatorName + '\0');
        Name = (byte*)NativeMemory.Alloc((nuint)name.Length);
        name.CopyTo(new Span<byte>(Name, name.Length));
        _handle = GCHandle.Alloc(this);
        Operator = (OrtCustomOp*)NativeMemory.AllocZeroed((nuint)sizeof(OrtCustomOp));
        *Operator = Callbacks.Filled(GCHandle.ToIntPtr(_handle));
    }

    public Kernel Kernel { get; }

    public OrtFunctions Functions { get; }

    public byte* Name { get; }

    public OrtCustomOp* Operator { get; }

    /// <summary>One run: finds the addresses, borrows the scratch memory, lets the kernel work.</summary>
    public void Run(void* context, void* allocator)
    {
        var (inputs, outputs) = (Kernel.Inputs.Count, Kernel.Outputs.Count);
        var values = stackalloc void*[inputs + outputs];
        for (var i = 0; i < inputs; i++)
            values[i] = Functions.Input(context, i);
        var memory = Borrow(context, allocator, values + inputs);
        try
        {
            var aligned = (void*)(((nuint)memory + Alignment - 1) / Alignment * Alignment);
            var call = new KernelCall(Functions, context, GCHandle.ToIntPtr(_handle), values, inputs, aligned);
            Kernel.Run(ref call);
        }
        finally
        {
            if (memory is not null)
                Functions.Free(allocator, memory);
        }
    }

    // The outputs, and the scratch memory behind them.
    private void* Borrow(void* context, void* allocator, void** outputs)
    {
        MemoryRequest.MayBeRefused = true;
        try
        {
            for (var i = 0; i < Kernel.Outputs.Count; i++)
            {
                outputs[i] = Functions.Output(context, i, Kernel.Outputs[i].Shape.AsSpan());
                if (outputs[i] is null && Kernel.Outputs[i].Shape.Size > 0)
                    throw MemoryRequest.Refused(Kernel.Outputs[i].Shape.Size * Kernel.Outputs[i].Element.Size());
            }
            var bytes = Kernel.ScratchBytes;
            var memory = bytes == 0 ? null : Functions.Allocate(allocator, bytes + Alignment);
            return memory is null && bytes > 0 ? throw MemoryRequest.Refused(bytes) : memory;
        }
        finally
        {
            MemoryRequest.MayBeRefused = false;
        }
    }

    public void Dispose()
    {
        NativeMemory.Free(Operator);
        NativeMemory.Free(Name);
        _handle.Free();
    }
}
