using MLNet.Detection.Data;

namespace MLNet.Detection.Training;

/// <summary>
/// A run's claim on its workspace, as long as it trains: a second run there would write into the same files. The operating
/// system holds the claim, so that it ends with the process, however that ends.
/// </summary>
internal sealed class WorkspaceClaim : IDisposable
{
    private const string Name = "run.lock";

    // EAGAIN of Linux, EWOULDBLOCK of macOS, ERROR_SHARING_VIOLATION of Windows.
    private static readonly int[] Held = [11, 35, unchecked((int)0x80070020)];

    private readonly FileStream _file;

    private WorkspaceClaim(FileStream file) => _file = file;

    /// <summary>Makes the folder where it is missing, and claims it.</summary>
    /// <exception cref="IOException">Another run works there, or the folder cannot be written.</exception>
    public static WorkspaceClaim Take(string folder)
    {
        var path = Path.Combine(folder, Name);
        try
        {
            Directory.CreateDirectory(folder);
            return new(new(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose));
        }
        catch (IOException error) when (Held.Contains(error.HResult))
        {
            throw new IOException($"{folder}: another run works in this folder; wait for its end, or give another folder "
                + "(Options.WorkspacePath, --output).", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"Options.WorkspacePath '{folder}' cannot be written ({error.Message.TrimEnd('.')}); make room "
                + "there, or give another folder.", error);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();
}
