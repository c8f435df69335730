using OnnxGraphs.Precision;
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

    /// <summary>The forms of a step that are compared, with their names.</summary>
    public IReadOnlyList<(string Name, Device Device, StepPrecision Precision)> Forms => Device.IsCuda
        ?
        [
            ("float32", Exact, StepPrecision.Float32), ("float32, graph", Graph(Exact), StepPrecision.Float32),
            ("TF32", Device, StepPrecision.Float32), ("TF32, graph", Graph(Device), StepPrecision.Float32),
            ("float16", Device, StepPrecision.Float16), ("float16, graph", Graph(Device), StepPrecision.Float16),
            ("bfloat16", Device, StepPrecision.BFloat16), ("bfloat16, graph", Graph(Device), StepPrecision.BFloat16),
        ]
        :
        [
            ("kernels", Device, StepPrecision.Float32),
            ("operators, fixed buffers", Exact with { Kernels = false, FixedBuffers = true }, StepPrecision.Float32),
        ];

    private static Device Graph(Device device) => device with { CaptureGraph = true };
}
