namespace MLNet.Detection.Data.Formats;

/// <summary>The pictures of a part of a YOLO data set, and where their labels are.</summary>
/// <param name="Folder">The folder to which the names are relative.</param>
/// <param name="Names">Names of picture files, with forward slashes.</param>
/// <param name="Foreign">Files that are pictures of formats that cannot be decoded here.</param>
internal sealed record YoloImages(
    string Folder, IReadOnlyList<(string Name, AnnotationPlace Place)> Names, IReadOnlyList<string> Foreign)
{
    private static readonly string[] Readable = [".jpg", ".jpeg", ".png"];
    private static readonly string[] Others = [".bmp", ".webp", ".tif", ".tiff", ".gif", ".heic", ".avif"];

    /// <summary>Lists the pictures of folders and of lists of pictures.</summary>
    public static YoloImages Of(string root, IReadOnlyList<string> sources, string config)
    {
        var folder = sources is [var only] && Directory.Exists(only) ? only : root;
        var files = new List<(string File, AnnotationPlace Place)>();
        foreach (var source in sources)
            files.AddRange(Directory.Exists(source) ? InFolder(source)
                : File.Exists(source) ? InList(source)
                : throw new DatasetException(
                    config, "", $"the pictures are to be in {source}, which does not exist", "Correct the path."));
        return new(
            folder,
            [.. files.Where(f => Has(f.File, Readable)).Select(f => (Relative(folder, f.File, f.Place), f.Place))],
            [.. files.Where(f => Has(f.File, Others)).Select(f => f.File)]);
    }

    /// <summary>
    /// The label file: the last folder "images" of the path becomes "labels", and the ending .txt.
    /// </summary>
    public static string LabelPath(string image)
    {
        var parts = image.Replace('\\', '/').Split('/');
        if (Array.LastIndexOf(parts, "images", parts.Length - 2) is >= 0 and var at)
            parts[at] = "labels";
        return Path.ChangeExtension(string.Join('/', parts), ".txt");
    }

    private static IEnumerable<(string, AnnotationPlace)> InFolder(string folder) =>
        Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .Select(file => (file, new AnnotationPlace(file, () => "")));

    private static IEnumerable<(string, AnnotationPlace)> InList(string list) =>
        File.ReadLines(list).Select((line, index) => (Line: line.Trim(), Number: index + 1))
            .Where(item => item.Line.Length > 0)
            .Select(item => (Path.Combine(Path.GetDirectoryName(list)!, item.Line),
                new AnnotationPlace(list, () => $"line {item.Number}")));

    private static string Relative(string folder, string file, AnnotationPlace place)
    {
        var name = Path.GetRelativePath(folder, file).Replace('\\', '/');
        return !name.StartsWith("../", StringComparison.Ordinal) ? name : throw place.Error(
            $"the picture {file} is outside of the data set's folder {folder}", "Move it below that folder.");
    }

    private static bool Has(string file, string[] endings) =>
        endings.Contains(Path.GetExtension(file).ToLowerInvariant());
}
