using OnnxGraphs.Distributed;
using OnnxGraphs.Training;

namespace MLNet.Detection.Training;

/// <summary>What ranks make sure of before their first step together: equal data, and equal weights.</summary>
/// <param name="ranks">The ranks.</param>
internal sealed class RankStart(IRanks ranks)
{
    private const int PicturesCompared = 100;

    /// <summary>Reads data; where one rank is told to stop while it reads, all do.</summary>
    public T Read<T>(Func<T> read) where T : class
    {
        T? data = null;
        OperationCanceledException? stopped = null;
        try
        {
            data = read();
        }
        catch (OperationCanceledException error)
        {
            stopped = error;
        }
        if (!ranks.Any(data is null))
            return data!;
        (data as IDisposable)?.Dispose();
        throw stopped ?? new OperationCanceledException("Another rank was told to stop.");
    }

    /// <summary>Makes sure that all ranks measure, or none.</summary>
    /// <exception cref="InvalidOperationException">Some do.</exception>
    public void CheckOptions(TrainingOptions options)
    {
        var (with, without) = (ranks.Any(options.ValidationSet is not null), ranks.Any(options.ValidationSet is null));
        if (with && without)
            throw new InvalidOperationException($"Some ranks have a {nameof(options.ValidationSet)}, some have none; give all ranks "
                + "the same, each measures its share.");
    }

    /// <summary>Compares pixels and labels with those of rank 0; of pictures that are decoded at need, the pixels of some
    /// only.</summary>
    /// <exception cref="InvalidOperationException">A rank has others.</exception>
    public void CheckData(SampleStore store)
    {
        if (ranks.Count == 1)
            return;
        var own = new long[store.Samples.Count];
        var every = store.IsDecoded ? 1 : Math.Max(1, own.Length / PicturesCompared);
        Parallel.For(0, own.Length, i => own[i] = RunHash.Of(store.Samples[i], i % every == 0 ? store.Picture(i) : null));
        var first = new long[ranks.OfFirst(own.Length)];
        own.AsSpan(0, Math.Min(own.Length, first.Length)).CopyTo(first);
        ranks.Broadcast<long>(first);
        var same = own.AsSpan().CommonPrefixLength(first);
        var differs = new float[2 * ranks.Count];
        if (same < own.Length || own.Length != first.Length)
            (differs[2 * ranks.Rank], differs[2 * ranks.Rank + 1]) = (1, own.Length);
        ranks.Sum(differs);
        if (differs.Chunk(2).Index().Where(rank => rank.Item[0] > 0).ToList() is not [var (number, found), ..])
            return;
        // Its own message is lost where the job ends at the first one.
        float[] place = [ranks.Rank == number ? same : 0];
        ranks.Sum(place);
        var at = (int)place[0];
        throw new InvalidOperationException($"Rank {number} has other data than rank 0: {found[1]:0} pictures, rank 0 has "
            + $"{first.Length}{(at < own.Length ? $"; the first that differs in pixels or labels is {store.Samples[at].Name}" : "")}"
            + ". Give all ranks the same files.");
    }

    /// <summary>All ranks go on from rank 0's step and vectors.</summary>
    public void Align(ITrainingRun run)
    {
        if (ranks.Count == 1)
            return;
        var state = run.Save();
        var step = ranks.OfFirst(state.Step);
        foreach (var (_, vector) in state.Vectors.OrderBy(vector => vector.Key, StringComparer.Ordinal))
            ranks.Broadcast<float>(vector);
        run.Restore(state with { Step = step });
    }
}
