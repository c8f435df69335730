using System.Diagnostics;

namespace Benchmarks.Cuda;

/// <summary>Times of something that is done again and again.</summary>
internal static class Watch
{
    /// <summary>Median in milliseconds, behind five times that are not counted.</summary>
    public static double Median(int repeats, Action action)
    {
        for (var i = 0; i < 5; i++)
            action();
        var times = new double[repeats];
        for (var i = 0; i < repeats; i++)
        {
            var begin = Stopwatch.GetTimestamp();
            action();
            times[i] = Stopwatch.GetElapsedTime(begin).TotalMilliseconds;
        }
        Array.Sort(times);
        return times[repeats / 2];
    }

    /// <summary>Milliseconds of doing it once.</summary>
    public static double Once(Action action)
    {
        var begin = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(begin).TotalMilliseconds;
    }
}
