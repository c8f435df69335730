using System.Collections.Frozen;
using System.Globalization;
using Microsoft.ML.OnnxRuntime;
using OnnxGraphs.Graphs;

namespace OnnxGraphs.Runtime;

/// <summary>
/// Where a model runs: <c>cpu</c>, <c>cuda:N</c>, <c>dml:N</c> (DirectML), <c>coreml</c> or <c>webgpu</c>. The native library
/// must hold the provider; it is chosen by the package that the application refers to.
/// </summary>
/// <param name="Provider">Execution provider of ONNX Runtime: <c>cpu</c>, <c>cuda</c>, <c>dml</c>, <c>coreml</c> or
/// <c>webgpu</c>.</param>
/// <param name="Id">Number of the GPU; 0 where there is no choice.</param>
public sealed record Device(string Provider, int Id = 0)
{
    /// <summary>The processor.</summary>
    public static Device Cpu { get; } = new("cpu");

    /// <summary>
    /// Whether sessions on the processor compute what they can with this library's own kernels, in place of ONNX
    /// Runtime's operators. Results agree up to rounding. Nothing of it is in the models that are saved.
    /// </summary>
    public bool Kernels { get; init; } = true;

    /// <summary>
    /// Whether the values of a training step on the processor lie where a plan puts them, made from what the first step asks
    /// for, on Linux and macOS. Off: in ONNX Runtime's arena, as elsewhere, which takes more. Results are the same bits. Where
    /// an application has given ONNX Runtime's environment an allocator of its own, the arena is taken. A step that finds no
    /// room, as under a limit of the address space, throws where a kernel asked, and ends the process with a line that says
    /// so where an operator of ONNX Runtime did; in the arena it throws always.
    /// </summary>
    public bool PlansMemory { get; init; } = true;

    /// <summary>
    /// Threads that a session computes with on the processor. 0: as the environment variable
    /// <c>DETECTION_MLNET_THREADS</c> says, without it one for each core. Fewer leave cores to the workers that prepare
    /// data, and to other programs; a container that may use a part of a machine's cores needs the number stated.
    /// </summary>
    public int Threads { get; init; }

    /// <summary>
    /// Whether CUDA may multiply in TF32, which rounds the factors of float32 products to 10 bits of mantissa, on GPUs
    /// that have it. Off: float32 throughout, to compare results with the processor's.
    /// </summary>
    public bool Tf32 { get; init; } = true;

    /// <summary>
    /// Whether a training step is captured as a CUDA graph and replayed with one launch. ONNX Runtime asks for every node
    /// on CUDA, no control flow (If, Loop, Scan), and buffers that stay where they are: <see cref="Training.TrainingRun"/>
    /// keeps them, and captures one graph for either set of vectors. The steps must all be taken on one thread, for ONNX
    /// Runtime keeps graphs by thread; and while the first steps are captured no other thread may use the GPU.
    /// </summary>
    public bool CaptureGraph { get; init; }

    /// <summary>
    /// Whether a training step reads its data from two buffers of the device in turn, into which it is copied ahead; a
    /// device with memory of its own always does. On the processor, where a step reads the caller's buffers, it costs a
    /// copy and is good for trying that road without a GPU.
    /// </summary>
    public bool FixedBuffers { get => field || HasMemory; init; }

    /// <summary>
    /// Further options of the execution provider, by ONNX Runtime's names, such as <c>gpu_mem_limit</c>,
    /// <c>cudnn_conv_algo_search</c> or <c>prefer_nhwc</c> of CUDA. They come last.
    /// </summary>
    public IReadOnlyDictionary<string, string> ProviderOptions { get; init; } =
        FrozenDictionary<string, string>.Empty;

    /// <summary>Whether it is an NVIDIA GPU.</summary>
    public bool IsCuda => Provider == "cuda";

    /// <summary>Whether it is the processor.</summary>
    public bool IsProcessor => Provider == "cpu";

    /// <summary>
    /// Whether one thread may copy to the device while another computes there. ONNX Runtime's WebGPU provider writes the
    /// commands of all sessions into one list, and fails where two threads do.
    /// </summary>
    internal bool TakesThreads => Provider != "webgpu";

    /// <summary>Whether the device has memory of its own that ONNX Runtime gives access to.</summary>
    public bool HasMemory => MemoryName is not null;

    /// <summary>
    /// What ONNX Runtime calls the device's own memory; null where it has none, as an empty text says. Known; to be given only
    /// where a release of the runtime calls it otherwise, which is refused with the name that it has there.
    /// </summary>
    public string? MemoryName { get => (field ?? ExecutionProvider.Memory(this)) is { Length: > 0 } name ? name : null; init; }

    /// <summary>Reads <c>cpu</c>, <c>cuda</c>, <c>cuda:1</c>, <c>dml</c>, <c>dml:1</c>, <c>coreml</c> or
    /// <c>webgpu</c>.</summary>
    public static Device Parse(string text) => text.Trim().ToLowerInvariant().Split(':') switch
    {
        ["cpu"] => Cpu,
        [("coreml" or "webgpu") and var provider] => new(provider),
        [("cuda" or "dml") and var provider] => new(provider),
        [("cuda" or "dml") and var provider, var number] when Number(number) is { } id => new(provider, id),
        _ => throw new ArgumentException(
            $"Device '{text}' is not known; expected cpu, cuda or cuda:N (NVIDIA), dml or dml:N (DirectML), coreml "
            + "or webgpu."),
    };

    /// <summary>
    /// Options of a session on this device, tuned for training steps: no memory pattern (it doubles the workspace at
    /// equal speed), the arena kept, threads that wait for work without a core of their own after 0.1 ms.
    /// </summary>
    /// <param name="capture">Whether the session honours <see cref="CaptureGraph"/>; it must be run with bound, fixed
    /// buffers then.</param>
    /// <exception cref="InvalidOperationException">The native library lacks the device's provider or finds no such
    /// GPU.</exception>
    /// <exception cref="ArgumentException">An option is not for this device, or DETECTION_MLNET_THREADS is no
    /// number.</exception>
    /// <exception cref="DllNotFoundException">No package of the application brings ONNX Runtime's native library; the
    /// message names those that do.</exception>
    public SessionOptions CreateSessionOptions(bool capture = false)
    {
        if (CaptureGraph && !IsCuda)
            throw new ArgumentException(
                $"{nameof(CaptureGraph)} is set, but the device is {this}; only cuda has graphs. Leave it off.");
        ArgumentOutOfRangeException.ThrowIfNegative(Threads);
        OrtLibrary.Require();
        var options = new SessionOptions
        {
            EnableMemoryPattern = false,
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_EXTENDED,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
            IntraOpNumThreads = Threads > 0 ? Threads : StatedThreads(),
        };
        try
        {
            // It loses an edge of (1 / a) * (1 / b) * c, and a valid model does not open. Models that are written here lack
            // what it looks for; others' may have it.
            options.AddSessionConfigEntry("optimization.disable_specified_optimizers", "DivMulFusion");
            // As fast alone, and beside two busy processes on two cores 0.82 and 0.85 of the time; older versions do not know it.
            options.AddSessionConfigEntry("session.intra_op.spin_duration_us", "100");
            ExecutionProvider.Append(options, this, capture && CaptureGraph);
            return options;
        }
        catch
        {
            options.Dispose();
            throw;
        }
    }

    /// <summary><c>cpu</c>, <c>cuda:N</c>, <c>dml:N</c>, <c>coreml</c> or <c>webgpu</c>.</summary>
    public override string ToString() => Provider is "cuda" or "dml" ? $"{Provider}:{Id}" : Provider;

    private static int StatedThreads() => Environment.GetEnvironmentVariable("DETECTION_MLNET_THREADS") switch
    {
        null or "" => 0,
        var text when Number(text) is { } number => number,
        var text => throw new ArgumentException($"The environment variable DETECTION_MLNET_THREADS is '{text}'; expected "
            + "a number of threads, or 0 for one for each core."),
    };

    private static int? Number(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
