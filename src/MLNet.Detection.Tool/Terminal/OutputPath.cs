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

    /// <summary>Refuses, before the work begins, to write a file that the run reads, or one path twice.</summary>
    /// <exception cref="IOException">Two files have one path where that is not meant; whatever may be replaced.</exception>
    public static void KeepApart(IEnumerable<RunFile> read, IEnumerable<RunFile> written)
    {
        var inputs = new Dictionary<string, RunFile>(Names);
        foreach (var file in read.Where(file => file.Path is not null))
            inputs.TryAdd(Real(file.Path!), file);
        var outputs = new Dictionary<string, RunFile>(Names);
        foreach (var file in written.Where(file => file.Path is not null))
        {
            var path = Real(file.Path!);
            if (inputs.TryGetValue(path, out var input))
                throw new IOException($"{file.Path} would be replaced by {file.Meaning}, but this run reads it as {input.Meaning}; "
                    + "choose another name or folder for what is written.");
            if (!outputs.TryAdd(path, file))
                throw new IOException($"{file.Path} would be written twice, as {outputs[path].Meaning} and as {file.Meaning}; {file.Remedy}.");
        }
    }

    // These systems take names that differ in the case of letters for one.
    private static StringComparer Names =>
        OperatingSystem.IsWindows() || OperatingSystem.IsMacOS() ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal;

    // A link is written through.
    private static string Real(string path) => File.Exists(path) && File.ResolveLinkTarget(path, returnFinalTarget: true) is { } target
        ? target.FullName : Path.GetFullPath(path);

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
