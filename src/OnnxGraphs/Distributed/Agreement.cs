namespace OnnxGraphs.Distributed;

/// <summary>What ranks find out together.</summary>
public static class Agreement
{
    /// <summary>Whether this is rank 0, which alone writes and prints.</summary>
    public static bool IsFirst(this IRanks ranks) => ranks.Rank == 0;

    /// <summary>Whether it holds on any rank.</summary>
    public static bool Any(this IRanks ranks, bool holds)
    {
        Span<float> count = [holds ? 1 : 0];
        ranks.Sum(count);
        return count[0] > 0;
    }

    /// <summary>Rank 0's value.</summary>
    public static T OfFirst<T>(this IRanks ranks, T value) where T : unmanaged
    {
        Span<T> values = [value];
        ranks.Broadcast(values);
        return values[0];
    }

    /// <summary>Rank 0's text.</summary>
    public static string OfFirst(this IRanks ranks, string text)
    {
        var letters = new char[ranks.OfFirst(text.Length)];
        if (ranks.IsFirst())
            text.CopyTo(letters);
        ranks.Broadcast<char>(letters);
        return new(letters);
    }

    /// <summary>Returns when all ranks have come here.</summary>
    public static void Wait(this IRanks ranks) => ranks.Sum([0]);
}
