namespace MLNet.Detection.Data;

/// <summary>
/// Writes a file beside its place and moves it there: what lay there before is whole until the new one is, on a full disk and
/// when the process is killed.
/// </summary>
internal static class WholeFile
{
    /// <summary>Writes it.</summary>
    /// <param name="path">Its place.</param>
    /// <param name="what">What cannot be written, for the message: "the log".</param>
    /// <param name="write">Writes to the path that it is given.</param>
    /// <exception cref="IOException">It cannot be written; the message says what to do.</exception>
    public static void Write(string path, string what, Action<string> write)
    {
        var temporary = path + ".tmp";
        try
        {
            write(temporary);
            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            Remove(temporary);
            throw Unwritten(path, what, error);
        }
    }

    /// <summary>What is said of a file that cannot be written.</summary>
    public static IOException Unwritten(string path, string what, Exception error) => new(
        $"{path}: {what} cannot be written ({error.Message.TrimEnd('.')}); check the folder and the free space.", error);

    // A folder that became read-only keeps what was begun.
    private static void Remove(string temporary)
    {
        try
        {
            File.Delete(temporary);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
        }
    }
}
