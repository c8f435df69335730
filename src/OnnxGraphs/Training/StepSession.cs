using Microsoft.ML.OnnxRuntime;
using OnnxGraphs.Memory;
using OnnxGraphs.Runtime;
using OnnxGraphs.Sessions;

namespace OnnxGraphs.Training;

/// <summary>The session of a step that takes whole batches.</summary>
/// <param name="Graph">The session; of a step in halves that of the half behind the predictions.</param>
/// <param name="Watched">Whether it must be asked once for the placement of its nodes.</param>
internal sealed record StepSession(GraphSession Graph, bool Watched)
{
    /// <summary>Opens it.</summary>
    /// <param name="graph">The step.</param>
    /// <param name="device">Where it runs.</param>
    /// <param name="configure">Changes options of the session; a caller that profiles it keeps the profile.</param>
    /// <param name="watch">Whether somebody asks where its nodes are computed.</param>
    /// <param name="region">Memory of steps of which one runs at a time; its own where it is not given.</param>
    /// <exception cref="InvalidOperationException">The device cannot be used, or not as its options ask.</exception>
    public static StepSession Open(
        TrainingGraph graph, Device device, Action<SessionOptions>? configure = null, bool watch = true,
        MemoryRegion? region = null)
    {
        var watched = false;
        try
        {
            var session = graph.Source is { } source
                ? GraphSession.Open(graph.Halves?.Outputs ?? source.Outputs, graph.Halves?.RestInputs ?? source.Inputs,
                    [source.Find(TrainingGraph.Parameters)!], device, Configure,
                    [.. graph.Vectors.Select(name => (source.Find(name)!, source.Find(TrainingGraph.Next(name))!))], true,
                    device is { IsProcessor: true, PlansMemory: true } && Pages.AreKnown ? region ?? new() : null)
                : GraphSession.Open(graph.Step, device, Configure, capture: true);
            return new(session, watched);
        }
        catch (OnnxRuntimeException error) when (device.CaptureGraph)
        {
            throw new InvalidOperationException(
                $"The step cannot be captured as a CUDA graph ({error.Message.Trim()}). Leave {nameof(Device)}."
                + $"{nameof(Device.CaptureGraph)} off; {nameof(TrainingRun.Placement)} names the nodes that are not on CUDA.",
                error);
        }

        void Configure(SessionOptions options)
        {
            configure?.Invoke(options);
            watched = watch && !device.IsProcessor && !options.EnableProfiling;
            if (watched)
                NodePlacement.Watch(options);
        }
    }
}
