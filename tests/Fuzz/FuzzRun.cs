using System.Diagnostics;
using MLNet.Detection.Data;
using MLNet.Detection.Images;
using OnnxGraphs.Graphs;
using OnnxGraphs.Models;

namespace MLNet.Detection.Fuzz;

/// <summary>Feeds damaged files to readers, and tells which of them failed as they must not.</summary>
/// <param name="targets">The readers.</param>
/// <param name="seed">Where chance begins.</param>
/// <param name="folder">Where inputs lie while they are read.</param>
internal sealed class FuzzRun(IReadOnlyList<Target> targets, int seed, string folder)
{
    private const long MemoryFactor = 10, MemoryFloor = 64 << 20;

    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(1), Hang = TimeSpan.FromSeconds(20);

    private readonly Dictionary<string, FuzzCount> _counts = [];
    private readonly List<FuzzFault> _faults = [];

    /// <summary>What became of the inputs of each reader.</summary>
    public IReadOnlyDictionary<string, FuzzCount> Counts => _counts;

    /// <summary>What must not have happened.</summary>
    public IReadOnlyList<FuzzFault> Faults => _faults;

    /// <summary>Reads so many damaged inputs, of the readers in turn; <paramref name="progress"/> may end it.</summary>
    /// <param name="inputs">How many.</param>
    /// <param name="progress">Told now and then how many were read.</param>
    /// <param name="from">Number of the first one: a run that was stopped goes on there.</param>
    public void Go(int inputs, Func<int, bool>? progress = null, int from = 0)
    {
        for (var i = 0; i < inputs; i++)
        {
            One(from + i);
            if (i % 1000 == 999 && progress?.Invoke(i + 1) == false)
                return;
        }
    }

    private void One(int number)
    {
        var target = targets[number % targets.Count];
        var random = new Random(unchecked(seed * 1_000_003 + number));
        var mutator = new Mutator(random);
        var (input, other) = (target.Seeds[random.Next(target.Seeds.Count)], target.Seeds[random.Next(target.Seeds.Count)]);
        var place = Path.Combine(folder, "input");
        if (Directory.Exists(place))
            Directory.Delete(place, recursive: true);
        var damaged = input.Where(file => file.Damage).ToArray();
        var victim = damaged[random.Next(damaged.Length)];
        var size = 0L;
        foreach (var file in input)
        {
            var bytes = file == victim ? mutator.Damaged(file.Bytes, other[0].Bytes) : file.Bytes;
            size += bytes.Length;
            var path = Path.Combine(place, file.Path);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllBytes(path, bytes);
        }
        Judge(target, number, size, Path.Combine(place, input[0].Path));
    }

    private void Judge(Target target, int number, long size, string path)
    {
        var (outcome, seconds, peak) = Watched(target, path);
        // Compilation and collections count once, not twice.
        if (outcome is null or { IsOurs: true } && (seconds > Longest || peak > MemoryFactor * size + MemoryFloor))
        {
            GC.Collect();
            (outcome, seconds, peak) = Watched(target, path);
        }
        _counts[target.Name] = _counts.GetValueOrDefault(target.Name, new(0, 0)).With(outcome is null);
        var what = outcome is { IsOurs: false } ? $"{outcome.Error.GetType().Name}: {outcome.Error.Message} {Where(outcome.Error)}"
            : seconds > Longest ? FormattableString.Invariant($"took {seconds.TotalSeconds:f1} s")
            : peak > MemoryFactor * size + MemoryFloor ? $"took {peak >> 20} MB for {size} bytes" : null;
        if (what is not null)
            _faults.Add(new(target.Name, number, what));
    }

    private (Outcome? Outcome, TimeSpan Time, long Peak) Watched(Target target, string path)
    {
        Outcome? outcome = null;
        var (before, peak) = (GC.GetTotalMemory(false), 0L);
        var (clock, processor) = (Stopwatch.StartNew(), Environment.CpuUsage.TotalTime);
        var thread = new Thread(() => outcome = Try(target, path), maxStackSize: 1 << 20) { IsBackground = true };
        thread.Start();
        while (!thread.Join(TimeSpan.FromMilliseconds(5)) && clock.Elapsed < Hang)
            peak = Math.Max(peak, GC.GetTotalMemory(false) - before);
        // On a busy machine the clock says nothing of a reader; one that waits for ever is seen by the clock alone.
        return (outcome, thread.IsAlive ? clock.Elapsed : Environment.CpuUsage.TotalTime - processor, peak);
    }

    private static Outcome? Try(Target target, string path)
    {
        try
        {
            target.Read(path);
            return null;
        }
        catch (Exception error)
        {
            // An exception of ours names what is wrong; those of the runtime say that nobody looked.
            return new(error, error is ModelException or DatasetException or UnreadableImageException or GraphException
                or InvalidDataException
                || error.GetType() == typeof(IOException) || error is FileNotFoundException or DirectoryNotFoundException
                || (error is ArgumentException { ParamName: null } && error.GetType() == typeof(ArgumentException)));
        }
    }

    private static string Where(Exception error) => string.Join(" < ", (error.StackTrace ?? "").Split('\n')
        .Select(line => line.Trim()).Where(line => line.Contains("Detection", StringComparison.Ordinal)
            || line.Contains("OnnxGraphs", StringComparison.Ordinal)).Take(4));

    private sealed record Outcome(Exception Error, bool IsOurs);
}
