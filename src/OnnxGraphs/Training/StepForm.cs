namespace OnnxGraphs.Training;

/// <summary>For which of ONNX Runtime's providers a step is written. All forms are standard operators and run everywhere;
/// they differ in what is fast.</summary>
public enum StepForm
{
    /// <summary>Processors, CUDA, DirectML.</summary>
    Native,

    /// <summary>
    /// WebGPU: a kernel there for every node that the provider can have one for, so that no value goes to the processor and
    /// back. No Split into many parts, whole numbers of 32 bits, LogSoftmax spelled out.
    /// </summary>
    WebGpu,

    /// <summary>The same, and inputs of whole numbers, such as class targets, are Int32, which the caller fills.</summary>
    WebGpuInt32,
}
