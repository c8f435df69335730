using System.Globalization;

namespace Benchmarks.Plots;

/// <summary>
/// Time by threads, s + p / n: what one thread does alone, and what all share out (Amdahl, 1967,
/// https://doi.org/10.1145/1465482.1465560). Memory that more threads wait for is not in it.
/// </summary>
/// <param name="Serial">s in ms.</param>
/// <param name="Shared">p in ms.</param>
internal sealed record ThreadCurve(double Serial, double Shared)
{
    /// <summary>The curve through the times of one and two threads; null where one of them is missing, or two threads take less
    /// than half of one's, or as long: they run other code.</summary>
    public static ThreadCurve? Of(IReadOnlyList<StepTime> times)
    {
        var (one, two) = (Find(1), Find(2));
        if (one is null || two is null || two.Milliseconds < one.Milliseconds / 2
            || two.Milliseconds >= one.Milliseconds)
            return null;
        var shared = 2 * (one.Milliseconds - two.Milliseconds);
        return new(one.Milliseconds - shared, shared);

        StepTime? Find(int threads) => times.FirstOrDefault(time => time.Threads == threads);
    }

    /// <summary>ms of a step.</summary>
    public double At(int threads) => Serial + Shared / threads;

    /// <summary>The serial part, and times by threads.</summary>
    public string Words(IEnumerable<int> threads) => string.Create(CultureInfo.InvariantCulture,
        $"serial {Serial / (Serial + Shared):p0}; ms {string.Join(", ", threads.Select(n => $"{At(n):f1} ({n})"))}");
}
