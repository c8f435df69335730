using OnnxGraphs.Runtime;

namespace MLNet.Detection.Training;

/// <summary>What the steps of a run take of the process's memory.</summary>
internal static class StepMemory
{
    private const int Steps = 2;

    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(2);

    /// <summary>The largest working set of the process, bytes, while steps of all sizes are taken with black pictures.</summary>
    /// <param name="tasks">The tasks of the sizes.</param>
    /// <param name="options">How the run is trained.</param>
    /// <param name="device">Where.</param>
    public static long Of(IReadOnlyList<TrainingTask> tasks, TrainingOptions options, Device device)
    {
        GC.Collect();
        var (peak, done) = (Environment.WorkingSet, false);
        var watch = new Thread(() =>
        {
            while (!Volatile.Read(ref done))
            {
                peak = Math.Max(peak, Environment.WorkingSet);
                Thread.Sleep(Between);
            }
        });
        watch.Start();
        try
        {
            Take(new(tasks, options.Seed), options, device);
        }
        finally
        {
            Volatile.Write(ref done, true);
            watch.Join();
        }
        return peak;
    }

    private static void Take(PictureSizes sizes, TrainingOptions options, Device device)
    {
        using var run = options.Backend.Start([.. sizes.Tasks.Select(task => task.Step(options))], options.Optimizer, device);
        // As many batches as are made ahead, in every size.
        Batch[] batches = [.. Enumerable.Range(0, BatchSource.WorkersOf(options, device) + options.Accumulate)
            .Select(place => new Batch(run, sizes, place))];
        for (var step = 0; step < Steps; step++)
            for (var size = 0; size < sizes.Tasks.Count; size++)
            {
                foreach (var batch in batches)
                    batch.Reset(new(run.Steps, 0, [], true, false) { Size = size }, []);
                Batch[] passes = batches[..options.Accumulate];
                foreach (var batch in passes)
                    batch.Task.Match(run, batch);
                run.Advance(0, [.. passes.Select(batch => batch.Set)]);
            }
        if (options.ValidationSet is not null)
            sizes.Largest.Score(options, device);
    }
}
