using OnnxGraphs.Training;

namespace MLNet.Detection.Training;

/// <summary>Steps that are built on a thread of their own, while the data is read.</summary>
/// <param name="start">Builds them.</param>
internal sealed class StartAhead(Func<ITrainingRun> start) : IDisposable
{
    private readonly Task<ITrainingRun> _starting = Task.Run(start);
    private bool _taken;

    /// <summary>The run, once it is there; it is the caller's from here on.</summary>
    public ITrainingRun Take()
    {
        var run = _starting.GetAwaiter().GetResult();
        _taken = true;
        return run;
    }

    /// <summary>Waits for the run, and ends it where nobody took it: what it failed at is not why.</summary>
    public void Dispose()
    {
        if (!_taken)
            _starting.ContinueWith(task => (task.IsCompletedSuccessfully ? task.Result : null)?.Dispose(),
                TaskScheduler.Default).Wait();
    }
}
