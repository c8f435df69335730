namespace MLNet.Detection.Data;

/// <summary>What a folder holds may not lead out of it: an archive from elsewhere can have symbolic links to any file of the
/// machine. The folder itself may be reached by links.</summary>
internal static class FolderBorder
{
    private const int MostLinks = 32;

    /// <summary>Whether a path below a folder is, or passes through, a symbolic link to what is not below it.</summary>
    /// <param name="folder">Full path of the folder.</param>
    /// <param name="path">Full path of a file or folder below it.</param>
    public static bool LeadsOut(string folder, string path) => LeadsOut(Path.TrimEndingDirectorySeparator(folder), path, MostLinks);

    /// <summary>What is said of a file that does.</summary>
    public static DatasetException Refusal(string folder, string path) => new(path, "",
        $"a symbolic link leads out of {folder}", "Copy the files there, or name the folder that holds them.");

    private static bool LeadsOut(string folder, string path, int links)
    {
        for (var at = path; at.Length > folder.Length; at = Path.GetDirectoryName(at)!)
        {
            if (new FileInfo(at).LinkTarget is not { } target)
                continue;
            var moved = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(at)!, target)) + path[at.Length..];
            return links == 0 || !moved.StartsWith(folder + Path.DirectorySeparatorChar, StringComparison.Ordinal)
                || LeadsOut(folder, moved, links - 1);
        }
        return false;
    }
}
