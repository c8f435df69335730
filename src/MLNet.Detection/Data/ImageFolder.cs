namespace MLNet.Detection.Data;

/// <summary>Resolves the file names of annotations below one folder and never outside it.</summary>
internal sealed class ImageFolder(string folder, MissingImages missing)
{
    private readonly string _root = Path.GetFullPath(folder);

    public MissingImages Missing => missing;

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
