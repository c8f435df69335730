namespace MLNet.Detection.Data;

/// <summary>Resolves the file names of annotations below one folder and never outside it.</summary>
internal sealed class ImageFolder(string folder, MissingImages missing)
{
    private static readonly string[] Endings = [".jpg", ".jpeg", ".png", ".JPG", ".JPEG", ".PNG"];

    private readonly string _root = Path.GetFullPath(folder);

    public MissingImages Missing => missing;

    /// <summary>The folder.</summary>
    public string Root => _root;

    /// <summary>
    /// The name below the folder that an annotation means: of an address in a data store, such as gs://bucket/a/b.jpg,
    /// the longest tail that exists here; everything else as it stands.
    /// </summary>
    public string NameOf(string fileName)
    {
        const string Paths = "/paths/";
        if (fileName.IndexOf("://", StringComparison.Ordinal) is not (>= 0 and var scheme))
            return fileName;
        var path = fileName.IndexOf(Paths, StringComparison.Ordinal) is >= 0 and var at
            ? fileName[(at + Paths.Length)..] : fileName[(scheme + 3)..];
        if (path.IndexOfAny(['?', '#']) is >= 0 and var end && !Exists(path))
            path = path[..end];   // what a signed address ends in
        var parts = Uri.UnescapeDataString(path).Split('/');
        var tails = Enumerable.Range(0, parts.Length).Select(first => string.Join('/', parts[first..]));
        return parts.Contains("..") ? string.Join('/', parts) : tails.FirstOrDefault(Exists) ?? parts[^1];
    }

    /// <summary>Whether a name is a file below the folder.</summary>
    public bool Exists(string name) => name.Length > 0 && !name.Replace('\\', '/').Split('/').Contains("..")
        && !Path.IsPathRooted(name) && File.Exists(Path.Combine(_root, name.Replace('\\', '/')));

    /// <summary>The picture of a name without ending; null when there is none.</summary>
    public string? WithEnding(string name) => Endings.Select(ending => name + ending).FirstOrDefault(Exists);

    /// <summary>The file's path, or null when it does not exist and shall be skipped.</summary>
    public string? Resolve(string fileName, AnnotationPlace place)
    {
        var name = fileName.Replace('\\', '/');
        if (name.Length == 0 || name.Contains('\0') || name.EndsWith('/'))
            throw place.Error(
                $"the file name \"{fileName}\" names no file", "Give the image's name below the image folder.");
        if (name[0] == '/' || (name.Length > 1 && name[1] == ':'))
            throw place.Error($"the file name \"{fileName}\" is absolute", "Write it relative to the image folder.");
        if (name.Split('/').Contains(".."))
            throw place.Error(
                $"the file name \"{fileName}\" leaves the image folder through \"..\"",
                "Move the image below the image folder, or load with a folder further up and names without \"..\".");

        var path = Path.GetFullPath(Path.Combine(_root, name));
        if (FolderBorder.LeadsOut(_root, path))
            throw place.Error($"the image file {path} leads out of the image folder by a symbolic link",
                "Copy the image there, or load with the folder that holds it.");
        if (missing == MissingImages.Unchecked || File.Exists(path))
            return path;
        if (missing == MissingImages.Skip)
            return null;
        throw place.Error(
            $"the image file {path} does not exist",
            "Correct the image folder, restore the file, or load with "
            + $"{nameof(MissingImages)}.{nameof(MissingImages.Skip)}.");
    }
}
