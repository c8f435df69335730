namespace MLNet.Detection.Training;

/// <summary>
/// A temporary file of bytes, so that data sets larger than memory train as well, and small ones stay in the operating
/// system's cache. It is gone with the process.
/// </summary>
internal sealed class PixelFile : IDisposable
{
    private readonly FileStream _file = OrExplain(() => new FileStream(
        Path.Combine(Path.GetTempPath(), Path.GetRandomFileName()), FileMode.CreateNew, FileAccess.ReadWrite,
        FileShare.None, 1, FileOptions.DeleteOnClose | FileOptions.RandomAccess));
    private long _length;

    /// <summary>Adds bytes and returns where they begin.</summary>
    /// <exception cref="IOException">The temporary folder is full.</exception>
    public long Add(ReadOnlySpan<byte> bytes)
    {
        try
        {
            RandomAccess.Write(_file.SafeFileHandle, bytes, _length);
        }
        catch (IOException error)
        {
            throw NoRoom(error);
        }
        _length += bytes.Length;
        return _length - bytes.Length;
    }

    /// <summary>Fills a span with the bytes from a place on. Any number of threads may read at once.</summary>
    public void Read(long from, Span<byte> bytes)
    {
        for (var read = 0; read < bytes.Length;)
        {
            var more = RandomAccess.Read(_file.SafeFileHandle, bytes[read..], from + read);
            read += more > 0 ? more : throw new EndOfStreamException(
                $"The temporary file {_file.Name} was cut short; start the run again.");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private static FileStream OrExplain(Func<FileStream> open)
    {
        try
        {
            return open();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw NoRoom(error);
        }
    }

    private static IOException NoRoom(Exception error) => new(
        $"The decoded images do not fit into the temporary folder {Path.GetTempPath()} ({error.Message.TrimEnd('.')}); free space "
        + "there, or let TMPDIR (TEMP) name another folder.", error);
}
