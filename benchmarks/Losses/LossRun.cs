using System.Diagnostics;
using Microsoft.ML.OnnxRuntime;
using OnnxGraphs.Graphs;
using OnnxGraphs.Runtime;
using OnnxGraphs.Sessions;

namespace Benchmarks.Losses;

/// <summary>A session of what is measured, with the times of its runs.</summary>
internal sealed class LossRun : IDisposable
{
    private readonly GraphSession _session;
    private readonly OrtIoBinding _binding;
    private readonly RunOptions _options = new();
    private readonly List<double> _milliseconds = [];

    public LossRun(Measured measured, Feeds feeds, Device device)
    {
        var outputs = measured.Outputs;
        _session = GraphSession.Open(outputs, null, device, Configure, measured.Replaced);
        _binding = _session.Session.CreateIoBinding();
        var inputs = feeds.Values.Where(feed => _session.Session.InputMetadata.ContainsKey(feed.Key))
            .ToDictionary(feed => feed.Key, feed => HostTensors.Write(feed.Value));
        foreach (var (name, value) in inputs)
            _binding.BindInput(name, value);
        foreach (var output in outputs)
            _binding.BindOutput(output.Name, _session.MayShare && measured.Old(output) is { } old ? inputs[old.Name]
                : HostTensors.Allocate(output.Type, output.Shape));
    }

    /// <summary>Nodes that are kernels of this library.</summary>
    public int Kernels => _session.Kernels.Count;

    /// <summary>Median of the runs in milliseconds, without the first half, in which code is still compiled.</summary>
    public double Median => _milliseconds.Skip(_milliseconds.Count / 2).Order().ElementAt(_milliseconds.Count / 4);

    /// <summary>Time of all runs.</summary>
    public TimeSpan Total => TimeSpan.FromMilliseconds(_milliseconds.Sum());

    public void Run()
    {
        var watch = Stopwatch.StartNew();
        _session.Session.RunWithBinding(_options, _binding);
        _milliseconds.Add(watch.Elapsed.TotalMilliseconds);
    }

    public void Dispose()
    {
        _binding.Dispose();
        _options.Dispose();
        _session.Dispose();
    }

    private static void Configure(SessionOptions options)
    {
        options.IntraOpNumThreads = int.TryParse(Environment.GetEnvironmentVariable("THREADS"), out var n) ? n : 2;
        if (Environment.GetEnvironmentVariable("PROFILE") is not { } prefix)
            return;
        options.ProfileOutputPathPrefix = prefix;
        options.EnableProfiling = true;
    }
}
