namespace OnnxGraphs.Distributed;

/// <summary>
/// The processes (or threads) that take a run's steps together, each on its part of every batch. All of them call the same
/// members in the same order; a call returns when all have come to it.
/// </summary>
public interface IRanks
{
    /// <summary>This one, from 0.</summary>
    int Rank { get; }

    /// <summary>All of them.</summary>
    int Count { get; }

    /// <summary>Adds a vector up over all; each gets the same sum.</summary>
    void Sum(Span<float> values);

    /// <summary>Rank 0 gets the bytes that each has, in the order of the ranks; the others get nothing.</summary>
    IReadOnlyList<byte[]> Gather(ReadOnlySpan<byte> bytes);

    /// <summary>Each gets what rank 0 has.</summary>
    void Broadcast<T>(Span<T> values) where T : unmanaged;
}
