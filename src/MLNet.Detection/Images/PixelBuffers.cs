using System.Collections.Concurrent;

namespace MLNet.Detection.Images;

/// <summary>
/// Memory for the pixels of one picture after the other: a fresh array of a megabyte costs as much as half its decoding,
/// in page faults. There are as many buffers as calls were at work at once.
/// </summary>
internal sealed class PixelBuffers : IDisposable
{
    private const int LargestKept = 1 << 26;

    private readonly ConcurrentBag<byte[]> _free = [];
    private volatile bool _disposed;

    /// <summary>A buffer of at least this many bytes, which hold anything.</summary>
    public byte[] Rent(int bytes) => _free.TryTake(out var buffer) && buffer.Length >= bytes
        ? buffer : GC.AllocateUninitializedArray<byte>(bytes);

    /// <summary>Takes a buffer back. One that is never given back is lost to the garbage collector, no more.</summary>
    public void Return(byte[] buffer)
    {
        if (!_disposed && buffer.Length <= LargestKept)
            _free.Add(buffer);
    }

    public void Dispose()
    {
        _disposed = true;
        _free.Clear();
    }
}
