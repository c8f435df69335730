namespace MLNet.Detection.Data.MaskFormats;

/// <summary>Picture files of folders.</summary>
internal static class PictureFiles
{
    private static readonly string[] Endings = [".png", ".jpg", ".jpeg", ".bmp", ".webp", ".gif"];

    /// <summary>Whether a file is a picture, by its name.</summary>
    public static bool IsPicture(string path) => Endings.Contains(Path.GetExtension(path).ToLowerInvariant())
        && !Path.GetFileName(path).StartsWith('.');

    /// <summary>The pictures of a folder and of those below it, in the order of their names.</summary>
    /// <exception cref="DatasetException">One is a symbolic link that leads out of the folder.</exception>
    public static IReadOnlyList<string> Of(string folder)
    {
        if (!Directory.Exists(folder))
            return [];
        string[] files = [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Where(IsPicture)
            .Order(StringComparer.Ordinal)];
        var root = Path.GetFullPath(folder);
        return files.FirstOrDefault(file => FolderBorder.LeadsOut(root, Path.GetFullPath(file))) is not { } outside ? files
            : throw FolderBorder.Refusal(folder, outside);
    }

    /// <summary>The first of some folders that exists below another, whatever its case.</summary>
    public static string? Below(string folder, params ReadOnlySpan<string> names)
    {
        if (!Directory.Exists(folder))
            return null;
        var found = Directory.GetDirectories(folder).Order(StringComparer.Ordinal).ToList();
        foreach (var name in names)
            if (found.Find(path => Path.GetFileName(path).Equals(name, StringComparison.OrdinalIgnoreCase)) is { } match)
                return match;
        return null;
    }

    /// <summary>The name below a folder, without ending, with forward slashes.</summary>
    public static string Stem(string folder, string path) =>
        Path.ChangeExtension(Path.GetRelativePath(folder, path), null).Replace('\\', '/');
}
