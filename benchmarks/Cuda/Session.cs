using Microsoft.ML.OnnxRuntime;
using OnnxGraphs.Graphs;
using OnnxGraphs.Runtime;
using OnnxGraphs.Sessions;

namespace Benchmarks.Cuda;

/// <summary>A session with inputs and outputs in the device's memory, bound once.</summary>
internal sealed class Session : IDisposable
{
    private readonly GraphSession _session;
    private readonly OrtIoBinding _binding;
    private readonly RunOptions _options = new();

    /// <param name="outputs">What is computed.</param>
    /// <param name="feeds">The inputs by name.</param>
    /// <param name="device">Where.</param>
    public Session(IReadOnlyList<Var> outputs, IReadOnlyDictionary<string, Tensor> feeds, Device device)
    {
        _session = GraphSession.Open(outputs, null, device);
        _binding = _session.Session.CreateIoBinding();
        // Binding copies to where the session reads, once.
        foreach (var (name, value) in feeds.Where(feed => _session.Session.InputMetadata.ContainsKey(feed.Key)))
            using (var host = HostTensors.Write(value))
                _binding.BindInput(name, host);
        using var place = device.IsCuda
            ? new OrtMemoryInfo(OrtMemoryInfo.allocatorCUDA, OrtAllocatorType.DeviceAllocator, device.Id, OrtMemType.Default)
            : null;
        foreach (var output in outputs)
            _binding.BindOutputToDevice(output.Name, place ?? OrtMemoryInfo.DefaultInstance);
    }

    public void Run() => _session.Session.RunWithBinding(_options, _binding);

    public void Dispose()
    {
        _binding.Dispose();
        _options.Dispose();
        _session.Dispose();
    }
}
