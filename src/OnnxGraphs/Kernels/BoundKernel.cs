using System.Runtime.InteropServices;
using System.Text;

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
        for (var i = 0; i < outputs; i++)
            values[inputs + i] = Functions.Output(context, i, Kernel.Outputs[i].Shape.AsSpan());
        var bytes = Kernel.ScratchBytes;
        var memory = bytes == 0 ? null : Functions.Allocate(allocator, bytes + Alignment);
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

    public void Dispose()
    {
        NativeMemory.Free(Operator);
        NativeMemory.Free(Name);
        _handle.Free();
    }
}
