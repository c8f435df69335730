namespace MLNet.Detection.Training;

/// <summary>Pieces of bytes: in memory as long as there is a budget for it, then in a temporary file.</summary>
/// <param name="budget">The memory.</param>
internal sealed class KeptPixels(CacheBudget budget) : IDisposable
{
    private PixelFile? _file;

    /// <summary>Where a piece lies.</summary>
    /// <param name="Memory">Itself; null where it is in the file.</param>
    /// <param name="From">Its first byte in the file.</param>
    public readonly record struct Piece(byte[]? Memory, long From);

    /// <summary>Keeps a copy of a piece.</summary>
    /// <exception cref="IOException">The temporary folder is full.</exception>
    public Piece Add(byte[] bytes) => bytes.Length == 0 || budget.TryTake(bytes.Length) ? new(Apart(bytes), 0)
        : new(null, (_file ??= new()).Add(bytes));

    /// <summary>Fills a span from a byte of a piece on. Any number of threads may read at once.</summary>
    public void Read(Piece piece, int from, Span<byte> bytes)
    {
        if (piece.Memory is { } memory)
            memory.AsSpan(from, bytes.Length).CopyTo(bytes);
        else
            _file!.Read(piece.From + from, bytes);
    }

    /// <summary>A copy where arrays that live long leave no holes between those that do not.</summary>
    public static byte[] Apart(ReadOnlySpan<byte> bytes)
    {
        var kept = GC.AllocateUninitializedArray<byte>(bytes.Length, pinned: true);
        bytes.CopyTo(kept);
        return kept;
    }

    /// <inheritdoc/>
    public void Dispose() => _file?.Dispose();
}
