using System.Diagnostics;

namespace Benchmarks.Serving;

/// <summary>How many pictures a second many threads get done, each asking again as soon as it was answered.</summary>
/// <param name="threads">The threads.</param>
internal sealed class Throughput(int threads)
{
    /// <summary>Pictures a second, over some seconds behind a quarter of them that is not counted.</summary>
    /// <param name="seconds">Seconds that count.</param>
    /// <param name="ask">Scores the picture of a number.</param>
    public double Of(double seconds, Action<int> ask)
    {
        Go(seconds / 4, ask);
        return Go(seconds, ask);
    }

    private double Go(double seconds, Action<int> ask)
    {
        var (done, clock) = (0, Stopwatch.StartNew());
        Thread[] all = [.. Enumerable.Range(0, threads).Select(number => new Thread(() =>
        {
            for (var i = number; clock.Elapsed.TotalSeconds < seconds; i++)
            {
                ask(i);
                Interlocked.Increment(ref done);
            }
        }))];
        foreach (var thread in all)
            thread.Start();
        foreach (var thread in all)
            thread.Join();
        return done / clock.Elapsed.TotalSeconds;
    }
}
