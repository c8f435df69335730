using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace OnnxGraphs.Distributed;

/// <summary>A rank among those of its host.</summary>
/// <param name="Rank">Its number there, from 0: that of its GPU, say.</param>
/// <param name="Threads">How many threads it should compute with, so that the ranks of a machine share its processors: a
/// launcher may have bound each to some of them, or none to any.</param>
public sealed record RankHost(int Rank, int Threads)
{
    /// <summary>Ranks of the same machine, this one among them.</summary>
    public int Neighbours { get; init; } = 1;

    // Two numbers name the host, two the machine below it (pods of one machine are hosts of their own); then its processors.
    private const int NameColumns = 4, Processors = 2048, Bits = 24;

    /// <summary>Finds out together with the other ranks.</summary>
    public static RankHost Of(IRanks ranks)
    {
        var own = new float[NameColumns + Processors];
        Name(Environment.MachineName, own);
        Name(Machine() ?? Environment.MachineName, own.AsSpan(2));
        foreach (var processor in Allowed().Where(number => number < Processors))
            own[NameColumns + processor] = 1;
        var all = new float[ranks.Count * own.Length];
        own.CopyTo(all, ranks.Rank * own.Length);
        ranks.Sum(all);
        var rows = all.Chunk(own.Length).ToList();
        var sharing = rows.Where(row => row.AsSpan(2, 2).SequenceEqual(own.AsSpan(2, 2))).ToList();
        var share = Enumerable.Range(NameColumns, Processors).Where(i => own[i] > 0)
            .Sum(i => 1.0 / sharing.Count(row => row[i] > 0));
        return new(rows.Take(ranks.Rank).Count(row => row.AsSpan(0, 2).SequenceEqual(own.AsSpan(0, 2))),
            Math.Clamp((int)Math.Round(share), 1, Environment.ProcessorCount)) { Neighbours = sharing.Count };
    }

    /// <summary>The numbers in a list such as <c>0-3,8</c>.</summary>
    private static IEnumerable<int> Numbers(string list) => list.Split(',').SelectMany(part =>
    {
        var ends = part.Split('-').Select(end => int.Parse(end, CultureInfo.InvariantCulture)).ToList();
        return Enumerable.Range(ends[0], ends[^1] - ends[0] + 1);
    });

    // Whole numbers that floats hold exactly.
    private static void Name(string text, Span<float> columns)
    {
        var hash = BitConverter.ToUInt64(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
        (columns[0], columns[1]) = (hash % (1 << Bits), (hash >> Bits) % (1 << Bits));
    }

    private static string? Machine() => Lines("/proc/sys/kernel/random/boot_id").FirstOrDefault();

    private static IEnumerable<int> Allowed() => Lines("/proc/self/status")
        .FirstOrDefault(line => line.StartsWith("Cpus_allowed_list:", StringComparison.Ordinal)) is { } line
        ? Numbers(line.Split(':')[1].Trim()) : Enumerable.Range(0, Environment.ProcessorCount);

    private static string[] Lines(string path) => File.Exists(path) ? File.ReadAllLines(path) : [];
}
