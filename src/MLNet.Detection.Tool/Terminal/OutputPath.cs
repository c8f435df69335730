namespace MLNet.Detection.Tool.Terminal;

/// <summary>Files that a verb is going to write.</summary>
internal static class OutputPath
{
    /// <summary>Refuses what cannot be written, before the work begins, and makes missing folders; a path of null is none.</summary>
    /// <exception cref="IOException">A file is there and may not be replaced, or the path is that of a folder.</exception>
    public static void Prepare(bool overwrite, params ReadOnlySpan<string?> paths)
    {
        foreach (var path in paths)
            if (path is not null)
                Prepare(path, overwrite);
    }

    private static void Prepare(string path, bool overwrite)
    {
        if (!overwrite && File.Exists(path))
            throw new IOException($"{path} exists; choose another name, or give --overwrite.");
        if (Directory.Exists(path))
            throw new IOException($"{path} is a folder; name a file in it.");
        if (Path.GetDirectoryName(path) is { Length: > 0 } folder)
            Directory.CreateDirectory(folder);
    }
}
