using MLNet.Detection.Tool.Terminal;

namespace MLNet.Detection.Tool.Prediction;

/// <summary>A folder that gets a file for each picture.</summary>
/// <param name="Option">The option that names it.</param>
/// <param name="Path">The folder; null is none.</param>
/// <param name="Ending">How its files end.</param>
/// <param name="Replaces">Whether that ending takes the place of the picture's own.</param>
internal sealed record PictureFolder(string Option, string? Path, string Ending, bool Replaces = false)
{
    /// <summary>The file of a picture. Annotations could name pictures outside of their folder: copies stay inside.</summary>
    /// <exception cref="ArgumentException">The name leaves the folder.</exception>
    public string Of(PictureFile picture)
    {
        var name = Replaces ? System.IO.Path.ChangeExtension(picture.Name, Ending) : picture.Name;
        var (root, own) = (System.IO.Path.GetFullPath(Path!), System.IO.Path.GetExtension(name).ToLowerInvariant());
        var path = System.IO.Path.GetFullPath(System.IO.Path.Combine(
            root, own == Ending || Ending == ".jpg" && own == ".jpeg" ? name : name + Ending));
        var inside = System.IO.Path.EndsInDirectorySeparator(root) ? root : root + System.IO.Path.DirectorySeparatorChar;
        return path.StartsWith(inside, StringComparison.Ordinal) ? path
            : throw new ArgumentException($"The picture '{picture.Name}' leaves its folder; {Option} cannot write it to {Path}.");
    }

    /// <summary>The files of all pictures; none without a folder.</summary>
    public IEnumerable<RunFile> Of(IEnumerable<PictureFile> pictures) =>
        Path is null ? [] : pictures.Select(picture => new RunFile($"{Option} of {picture.Path}", Of(picture),
            "rename one, or take each in a run of its own, with another folder"));

    /// <summary>Refuses files that exist, before the work begins.</summary>
    /// <exception cref="IOException">One exists and may not be replaced.</exception>
    public void Prepare(IEnumerable<PictureFile> pictures, bool overwrite)
    {
        foreach (var file in Of(pictures))
            if (!overwrite && File.Exists(file.Path))
                throw new IOException($"{file.Path} exists; give {Option} another folder, or --overwrite.");
    }

    /// <summary>Writes the file of a picture.</summary>
    public void Write(PictureFile picture, Func<byte[]> content)
    {
        if (Path is null)
            return;
        var path = Of(picture);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, content());
    }
}
