using OnnxGraphs.Runtime;

namespace Benchmarks.Cuda;

/// <summary>What a run measures.</summary>
/// <param name="Device">Where.</param>
/// <param name="Small">Whether sizes are small and repetitions few: to try the programs.</param>
/// <param name="Models">Folder of the ONNX files.</param>
/// <param name="SoakSteps">Steps of the soak.</param>
internal sealed record Kit(Device Device, bool Small, string Models, int SoakSteps)
{
    /// <summary>Measurements of which the median counts.</summary>
    public int Repeats => Small ? 5 : 30;

    /// <summary>The device with full float32.</summary>
    public Device Exact => Device with { Tf32 = false };

    /// <summary>The forms of the device that are compared, with their names.</summary>
    public IReadOnlyList<(string Name, Device Device)> Forms => Device.IsCuda
        ?
        [
            ("float32", Exact), ("float32, graph", Exact with { CaptureGraph = true }),
            ("TF32", Device), ("TF32, graph", Device with { CaptureGraph = true }),
        ]
        : [("kernels", Device), ("operators, fixed buffers", Device with { Kernels = false, FixedBuffers = true })];
}
