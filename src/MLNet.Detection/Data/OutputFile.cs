namespace MLNet.Detection.Data;

/// <summary>Opens files for writing that were not there before.</summary>
internal static class OutputFile
{
    /// <summary>A new file; its folder is made where it does not exist.</summary>
    public static FileStream Create(string path, bool overwrite)
    {
        if (Path.GetDirectoryName(path) is { Length: > 0 } folder)
            Directory.CreateDirectory(folder);
        if (!overwrite && File.Exists(path))
            throw new IOException($"{path}: the file exists. Give a new name, or allow overwriting.");
        return new FileStream(path, overwrite ? FileMode.Create : FileMode.CreateNew);
    }

    /// <summary>A new or empty folder, unless files in it may be replaced.</summary>
    public static void RequireEmpty(string folder, bool overwrite)
    {
        if (!overwrite && Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any())
            throw new IOException($"{folder}: the folder is not empty. Give a new folder, or allow overwriting.");
    }
}
