using Microsoft.ML.OnnxRuntime;
using OnnxGraphs.Runtime;
using OnnxGraphs.Sessions;

namespace OnnxGraphs.Training;

/// <summary>
/// Runs a step, as a CUDA graph where <see cref="Device.CaptureGraph"/> asks for it: one graph for either set of vectors,
/// by its number. ONNX Runtime captures a number's graph when it is first run, after two runs as usual in which memory is
/// allocated, and then replays it: the step is computed several times over. That is harmless as long as it does not write
/// what it reads, and it does not on a GPU.
/// </summary>
internal sealed class StepCapture(Device device, Lock gpu) : IDisposable
{
    /// <summary>The first step shows where its nodes run; the next two are captured.</summary>
    private const int StepsUntilCaptured = 3;

    private readonly RunOptions _plain = Numbered(-1);
    private readonly RunOptions[] _captured = [Numbered(1), Numbered(2)];
    private int _taken;

    /// <summary>Runs a step.</summary>
    /// <param name="session">Its session.</param>
    /// <param name="binding">What it reads and writes: always the same for a turn.</param>
    /// <param name="turn">0 or 1.</param>
    public void Run(GraphSession session, OrtIoBinding binding, int turn)
    {
        var options = device.CaptureGraph && _taken > 0 ? _captured[turn] : _plain;
        _taken++;
        if (_taken <= StepsUntilCaptured)
            Alone(() => session.Run(options, binding));
        else
            session.Run(options, binding);
    }

    /// <summary>
    /// Does what uses the GPU on another thread than the steps'. Never while a graph is captured: memory that is made or
    /// copied anywhere in the process would break it (cudaStreamCaptureModeGlobal).
    /// </summary>
    public void Alone(Action action)
    {
        if (!device.CaptureGraph)
            action();
        else
            lock (gpu)
                action();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var options in _captured.Prepend(_plain))
            options.Dispose();
    }

    // -1: no graph.
    private static RunOptions Numbered(int graph)
    {
        var options = new RunOptions();
        options.AddRunConfigEntry("gpu_graph_id", $"{graph}");
        return options;
    }
}
