
namespace OnnxGraphs.Kernels;

/// <summary>
/// <c>OrtCustomOp</c> of onnxruntime_c_api.h as of version 18, and the handle of the kernel that it stands for. ONNX
/// Runtime hands the address back to each callback and never looks behind its own fields.
/// </summary>
internal unsafe struct OrtCustomOp
{
    public const uint ApiVersion = 18;

    // Callbacks that are left out stay null.
#pragma warning disable CS0649
    public uint Version;
    public void* CreateKernel;
    public delegate* unmanaged<OrtCustomOp*, byte*> GetName;
    public delegate* unmanaged<OrtCustomOp*, byte*> GetExecutionProviderType;
    public delegate* unmanaged<OrtCustomOp*, nuint, int> GetInputType;
    public delegate* unmanaged<OrtCustomOp*, nuint> GetInputTypeCount;
    public delegate* unmanaged<OrtCustomOp*, nuint, int> GetOutputType;
    public delegate* unmanaged<OrtCustomOp*, nuint> GetOutputTypeCount;
    public void* KernelCompute;
    public delegate* unmanaged<void*, void> KernelDestroy;
    public delegate* unmanaged<OrtCustomOp*, nuint, int> GetInputCharacteristic;
    public delegate* unmanaged<OrtCustomOp*, nuint, int> GetOutputCharacteristic;
    public delegate* unmanaged<OrtCustomOp*, nuint, int> GetInputMemoryType;
    public void* GetVariadicInputMinArity;
    public void* GetVariadicInputHomogeneity;
    public void* GetVariadicOutputMinArity;
    public void* GetVariadicOutputHomogeneity;
    public delegate* unmanaged<OrtCustomOp*, void*, void*, void**, void*> CreateKernelV2;
    public delegate* unmanaged<void*, void*, void*> KernelComputeV2;
    public void* InferOutputShape;
    public void* GetStartVersion;
    public void* GetEndVersion;
    public void* GetMayInplace;
    public void* ReleaseMayInplace;
    public void* GetAliasMap;
    public void* ReleaseAliasMap;
#pragma warning restore CS0649

    /// <summary>A <see cref="System.Runtime.InteropServices.GCHandle"/> of the <see cref="BoundKernel"/>.</summary>
    public nint Kernel;
}
