using Microsoft.ML.OnnxRuntime;
using OnnxGraphs.Graphs;
using OnnxGraphs.Kernels;
using OnnxGraphs.Memory;
using OnnxGraphs.Models;
using OnnxGraphs.Rewrites;
using OnnxGraphs.Runtime;

namespace OnnxGraphs.Sessions;

/// <summary>
/// A session that computes values of a graph on a device. On the processor it has this library's kernels in place of
/// ONNX Runtime's operators where they are faster, unless <see cref="Device.Kernels"/> is off.
/// </summary>
public sealed class GraphSession : IDisposable
{
    /// <summary>
    /// ONNX Runtime's own rewrites take time with the square of the number of nodes; beyond this many they take longer
    /// than they save.
    /// </summary>
    private const int LargeGraph = 10_000;

    // ONNX Runtime keeps one list of domains for the whole process, and two sessions that add the same new domain to it
    // at once fail.
    private static readonly Lock Registration = new();

    private readonly KernelDomain? _domain;
    private readonly PlannedMemory? _memory;

    private GraphSession(
        OnnxModel model, KernelDomain? domain, IReadOnlyList<string> kernels, SessionOptions options, MemoryRegion? region)
    {
        (_domain, Kernels) = (domain, kernels);
        _memory = region is not null && OrtFunctions.Load() is { } functions ? new(region, functions) : null;
        try
        {
            Session = Created(model, options);
        }
        catch
        {
            _memory?.Dispose();
            domain?.Dispose();
            throw;
        }
    }

    private InferenceSession Created(OnnxModel model, SessionOptions options)
    {
        if (_memory is not null)
            DistinctShapes.Mark(model);
        var bytes = model.ToBytes();
        if (_domain is null && _memory is null)
            return new(bytes, options);
        _domain?.AddTo(options);
        lock (Registration)
            return _memory?.Allocator.Create(bytes, options) ?? new(bytes, options);
    }

    /// <summary>The session; its inputs and outputs have the names of the graph's.</summary>
    public InferenceSession Session { get; }

    /// <summary>The kernels of this library that take part, one for each node: what they compute.</summary>
    public IReadOnlyList<string> Kernels { get; }

    /// <summary>
    /// Whether every output that replaces an input may be bound to that input's memory. Only kernels promise that.
    /// </summary>
    public bool MayShare { get; private init; }

    /// <summary>Inputs in place of parts of vectors, to be bound to their memory.</summary>
    internal IReadOnlyList<VectorView> Views { get; private init; } = [];

    /// <summary>Size of the region that runs lie in; 0 before the second one, and without a plan.</summary>
    internal long PlannedBytes => _memory?.Region.Size ?? 0;

    /// <summary>Opens a session for values of a graph.</summary>
    /// <param name="outputs">The values to compute.</param>
    /// <param name="inputs">Inputs to declare; null for those that the values need.</param>
    /// <param name="device">Where it runs.</param>
    /// <param name="configure">Changes options of the session: threads, profiling.</param>
    /// <param name="replaced">Inputs with the outputs that are their next values; see <see cref="MayShare"/>.</param>
    /// <param name="capture">Whether the session honours <see cref="Device.CaptureGraph"/>.</param>
    /// <exception cref="InvalidOperationException">The native library lacks the device's provider.</exception>
    public static GraphSession Open(IReadOnlyList<Var> outputs, IReadOnlyList<Var>? inputs, Device device,
        Action<SessionOptions>? configure = null, IReadOnlyList<(Var Old, Var New)>? replaced = null,
        bool capture = false) => Open(outputs, inputs, [], device, configure, replaced, capture);

    /// <summary>
    /// The same; parts of the viewed vectors may become inputs of their own, which <see cref="Views"/> names, and runs that
    /// do the same each time lie in the region (<see cref="Run"/>).
    /// </summary>
    internal static GraphSession Open(IReadOnlyList<Var> outputs, IReadOnlyList<Var>? inputs, IReadOnlyList<Var> viewed,
        Device device, Action<SessionOptions>? configure = null, IReadOnlyList<(Var Old, Var New)>? replaced = null,
        bool capture = false, MemoryRegion? region = null)
    {
        if (device is not { IsProcessor: true, Kernels: true } || OrtFunctions.Load() is not { } functions
            || KernelRewrite.Of(outputs, inputs, replaced ?? [], viewed) is not { Kernels.Count: > 0 } rewrite)
            return Open(GraphWriter.Write(outputs, inputs), device, configure, capture, region);
        using var options = Options(rewrite.Model, device, configure, capture);
        return new(rewrite.Model, new(rewrite.Kernels, functions), [.. rewrite.Kernels.Select(kernel => kernel.Name)],
            options, region) { MayShare = rewrite.MayShare, Views = rewrite.Views };
    }

    /// <summary>Opens a session for a model as it is, without kernels.</summary>
    /// <exception cref="InvalidOperationException">The native library lacks the device's provider.</exception>
    public static GraphSession Open(OnnxModel model, Device device, Action<SessionOptions>? configure = null,
        bool capture = false) => Open(model, device, configure, capture, null);

    private static GraphSession Open(
        OnnxModel model, Device device, Action<SessionOptions>? configure, bool capture, MemoryRegion? region)
    {
        using var options = Options(model, device, configure, capture);
        return new(model, null, [], options, region);
    }

    private static SessionOptions Options(
        OnnxModel model, Device device, Action<SessionOptions>? configure, bool capture)
    {
        var options = device.CreateSessionOptions(capture);
        if (model.Proto.Graph.Node.Count > LargeGraph)
            options.GraphOptimizationLevel = GraphOptimizationLevel.ORT_DISABLE_ALL;
        configure?.Invoke(options);
        return options;
    }

    /// <summary>Runs with bound values; one run at a time.</summary>
    internal void Run(RunOptions options, OrtIoBinding binding)
    {
        _memory?.Begin();
        try
        {
            Session.RunWithBinding(options, binding);
        }
        finally
        {
            _memory?.End();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Session.Dispose();
        _memory?.Dispose();
        _domain?.Dispose();
    }
}
