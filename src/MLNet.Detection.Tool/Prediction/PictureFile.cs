using MLNet.Detection.Evaluation;
using MLNet.Detection.Tool.Terminal;

namespace MLNet.Detection.Tool.Prediction;

/// <summary>A picture to look at.</summary>
/// <param name="Path">The file.</param>
/// <param name="Name">Its name below the folder that was given.</param>
/// <param name="Id">Its id in the annotations; null without any.</param>
internal sealed record PictureFile(string Path, string Name, long? Id = null)
{
    private static readonly string[] Endings = [".jpg", ".jpeg", ".png", ".webp", ".bmp", ".gif"];

    private static readonly string[] Unreadable = [".tif", ".tiff", ".heic", ".heif", ".avif", ".jxl", ".jp2"];

    /// <summary>The pictures of a path: the file, or all of a folder and of those below it.</summary>
    public static IReadOnlyList<PictureFile> Of(string path)
    {
        if (File.Exists(path))
            return [new(path, System.IO.Path.GetFileName(path))];
        if (!Directory.Exists(path))
            throw new FileNotFoundException($"{path}: there is no such picture or folder. Correct the path.");
        var found = Ending(path, Endings).Order(StringComparer.Ordinal).Select(
            file => new PictureFile(file, System.IO.Path.GetRelativePath(path, file).Replace('\\', '/')));
        return found.ToList() is { Count: > 0 } files ? files : throw new FileNotFoundException(
            $"{path}: the folder holds no picture; expected files that end in {string.Join(", ", Endings)}.");
    }

    /// <summary>The files of a folder and of those below it that are pictures of a kind that cannot be read.</summary>
    public static IReadOnlyList<string> LeftOut(string path) => Directory.Exists(path) ? [.. Ending(path, Unreadable)] : [];

    /// <summary>The files of pictures, as a run reads them.</summary>
    public static IEnumerable<RunFile> Read(IEnumerable<PictureFile> pictures) =>
        pictures.Select(picture => new RunFile("a picture", picture.Path));

    /// <summary>The same pictures, with the paths as names where names are not unique, so that they can be told apart.</summary>
    public static IReadOnlyList<PictureFile> ToldApart(IReadOnlyList<PictureFile> files)
    {
        var often = files.GroupBy(file => file.Name).Where(group => group.Count() > 1).Select(group => group.Key).ToHashSet();
        List<PictureFile> named = [.. files.Select(file => often.Contains(file.Name) ? file with { Name = file.Path } : file)];
        // A path could be the name that another picture has below its folder.
        return named.GroupBy(file => file.Name).All(group => group.DistinctBy(file => file.Path).Count() == 1) ? named
            : [.. files.Select(file => file with { Name = file.Path })];
    }

    /// <summary>The pictures that annotations name, in the order of their ids.</summary>
    public static IReadOnlyList<PictureFile> Of(CocoAnnotations annotations, string folder) =>
        [.. annotations.FileNames.OrderBy(image => image.Key).Select(
            image => new PictureFile(System.IO.Path.Combine(folder, image.Value), image.Value, image.Key))];

    private static IEnumerable<string> Ending(string folder, string[] endings) =>
        Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Where(file => endings.Contains(System.IO.Path.GetExtension(file).ToLowerInvariant()));
}
