using System.Runtime.InteropServices;

namespace OnnxGraphs.Kernels;

/// <summary>What ONNX Runtime calls. No exception leaves here: it would end the process.</summary>
internal static unsafe class Callbacks
{
    /// <summary>The callbacks of an operator, for the kernel with the given handle.</summary>
    public static OrtCustomOp Filled(nint kernel) => new()
    {
        Version = OrtCustomOp.ApiVersion,
        Kernel = kernel,
        GetName = &Name,
        GetExecutionProviderType = &Provider,
        GetInputType = &InputType,
        GetInputTypeCount = &InputCount,
        GetOutputType = &OutputType,
        GetOutputTypeCount = &OutputCount,
        GetInputCharacteristic = &Required,
        GetOutputCharacteristic = &Required,
        GetInputMemoryType = &DefaultMemory,
        CreateKernelV2 = &Create,
        KernelComputeV2 = &Compute,
        KernelDestroy = &Destroy,
    };

    /// <summary>One part of a kernel's work; the data is the address of the <see cref="KernelCall"/>.</summary>
    [UnmanagedCallersOnly]
    public static void Part(void* data, nuint index)
    {
        var call = (KernelCall*)data;
        try
        {
            At(call->Kernel).Kernel.Part(in *call, call->Phase, (int)index);
        }
        catch (Exception)
        {
            call->Fail();
        }
    }

    private static BoundKernel At(nint handle) => (BoundKernel)GCHandle.FromIntPtr(handle).Target!;

    [UnmanagedCallersOnly]
    private static byte* Name(OrtCustomOp* op) => At(op->Kernel).Name;

    [UnmanagedCallersOnly]
    private static byte* Provider(OrtCustomOp* op) => null;

    [UnmanagedCallersOnly]
    private static int InputType(OrtCustomOp* op, nuint index) => (int)At(op->Kernel).Kernel.Inputs[(int)index].Element;

    [UnmanagedCallersOnly]
    private static nuint InputCount(OrtCustomOp* op) => (nuint)At(op->Kernel).Kernel.Inputs.Count;

    [UnmanagedCallersOnly]
    private static int OutputType(OrtCustomOp* op, nuint index) =>
        (int)At(op->Kernel).Kernel.Outputs[(int)index].Element;

    [UnmanagedCallersOnly]
    private static nuint OutputCount(OrtCustomOp* op) => (nuint)At(op->Kernel).Kernel.Outputs.Count;

    [UnmanagedCallersOnly]
    private static int Required(OrtCustomOp* op, nuint index) => 0;

    [UnmanagedCallersOnly]
    private static int DefaultMemory(OrtCustomOp* op, nuint index) => 0;

    [UnmanagedCallersOnly]
    private static void* Create(OrtCustomOp* op, void* api, void* info, void** kernel)
    {
        var bound = At(op->Kernel);
        try
        {
            var made = (Instance*)NativeMemory.Alloc((nuint)sizeof(Instance));
            *kernel = made;
            made->Kernel = op->Kernel;
            made->Allocator = null;
            made->Allocator = bound.Functions.Allocator(info);
            return null;
        }
        catch (Exception error)
        {
            return bound.Functions.Failure(error.Message);
        }
    }

    [UnmanagedCallersOnly]
    private static void* Compute(void* kernel, void* context)
    {
        var made = (Instance*)kernel;
        var bound = At(made->Kernel);
        try
        {
            bound.Run(context, made->Allocator);
            return null;
        }
        catch (Exception error)
        {
            return bound.Functions.Failure($"{bound.Kernel.Name}: {error.Message}");
        }
    }

    [UnmanagedCallersOnly]
    private static void Destroy(void* kernel)
    {
        var made = (Instance*)kernel;
        if (made->Allocator is not null)
            At(made->Kernel).Functions.ReleaseAllocator(made->Allocator);
        NativeMemory.Free(made);
    }

    /// <summary>What ONNX Runtime keeps of a kernel in a session.</summary>
    private struct Instance
    {
        public nint Kernel;
        public void* Allocator;
    }
}
