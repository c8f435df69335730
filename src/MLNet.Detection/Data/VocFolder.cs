namespace MLNet.Detection.Data;

/// <summary>The files of a Pascal VOC folder.</summary>
internal sealed class VocFolder
{
    private const string Annotations = "Annotations";

    private readonly string _folder;
    private readonly string _annotations;
    private readonly Dictionary<string, string> _files;

    public VocFolder(string folder)
    {
        var annotations = Subfolder(folder, Annotations);
        if (annotations is null && !HasFlatLayout(folder))
            throw new DatasetException(
                Path.Combine(folder, Annotations), "", "the folder does not exist",
                "Give the folder that holds Annotations and JPEGImages.");
        (_folder, _annotations) = (folder, annotations ?? folder);
        _files = XmlFiles(_annotations).DistinctBy(file => Path.GetFileNameWithoutExtension(file))
            .ToDictionary(file => Path.GetFileNameWithoutExtension(file));
        Names = [.. _files.Keys.Order(StringComparer.Ordinal)];
    }

    /// <summary>Whether a folder has one of annotations in XML, whatever the case of its name.</summary>
    public static bool HasAnnotations(string folder) => Subfolder(folder, Annotations) is { } annotations
        && (Path.GetFileName(annotations) == Annotations || XmlFiles(annotations).Length > 0);

    /// <summary>Whether XML files lie in the folder itself, beside their pictures.</summary>
    public static bool HasFlatLayout(string folder) => Directory.Exists(folder) && XmlFiles(folder).Length > 0;

    /// <summary>All annotated images, by name without extension, sorted.</summary>
    public IReadOnlyList<string> Names { get; }

    public string AnnotationPath(string name) =>
        _files.GetValueOrDefault(name) ?? Path.Combine(_annotations, name + ".xml");

    /// <summary>Whether a picture's name without ending is that of an annotation.</summary>
    public bool Annotates(string name) => _files.ContainsKey(name);

    public ImageFolder Images(VocOptions options) =>
        new(options.ImageFolder ?? (_annotations == _folder ? _folder
            : Subfolder(_folder, "JPEGImages") ?? Subfolder(_folder, "images") ?? Path.Combine(_folder, "JPEGImages")),
            options.MissingImages);

    public string Source(string? split) => split is null ? _folder : SplitPath(split);

    /// <summary>The splits that the folder lists; lists of one class, such as cat_train, are left out.</summary>
    public IReadOnlyList<string> KnownSplits()
    {
        var lists = Path.GetDirectoryName(SplitPath("x"))!;
        string[] names = !Directory.Exists(lists) ? []
            : [.. Directory.EnumerateFiles(lists, "*.txt").Select(f => Path.GetFileNameWithoutExtension(f)).Order()];
        return [.. names.Where(name => !names.Any(other => name.EndsWith("_" + other, StringComparison.Ordinal)))];
    }

    /// <summary>The names of a split, all of them when it is null.</summary>
    public HashSet<string> Split(string? split)
    {
        if (split is null)
            return [.. Names];
        if (!File.Exists(SplitPath(split)))
            throw new DatasetException(
                SplitPath(split), "", "the list of this split does not exist",
                $"The folder has {string.Join(", ", KnownSplits().DefaultIfEmpty("no splits"))}.");

        var known = Names.ToHashSet();
        var names = new HashSet<string>();
        var lines = File.ReadAllLines(SplitPath(split));
        for (var line = 0; line < lines.Length; line++)
        {
            var name = Named(lines[line].Trim(), known);
            if (name.Length == 0)
                continue;
            if (!known.Contains(name))
                throw new DatasetException(
                    SplitPath(split), $"line {line + 1}", $"the annotation {AnnotationPath(name)} does not exist",
                    "Restore it, or remove the line.");
            if (!names.Add(name))
                throw new DatasetException(
                    SplitPath(split), $"line {line + 1}", $"the image {name} is listed twice",
                    "Remove the second line.");
        }
        return names;
    }

    // A line is a name, in the lists of one class with 1, 0 or -1 behind it; names may have spaces.
    private static string Named(string line, HashSet<string> known)
    {
        var end = line.LastIndexOfAny([' ', '\t']);
        return known.Contains(line) || end < 0 || line[(end + 1)..] is not ("1" or "0" or "-1") ? line : line[..end].TrimEnd();
    }

    private string SplitPath(string split)
    {
        var sets = Subfolder(_folder, "ImageSets") ?? Path.Combine(_folder, "ImageSets");
        return Path.Combine(Subfolder(sets, "Main") ?? Path.Combine(sets, "Main"), split + ".txt");
    }

    // The one of this very name before one in another case, as archives of other systems bring them.
    private static string? Subfolder(string folder, string name) => !Directory.Exists(folder) ? null
        : Directory.EnumerateDirectories(folder)
            .Where(path => Path.GetFileName(path).Equals(name, StringComparison.OrdinalIgnoreCase))
            .OrderBy(path => Path.GetFileName(path) != name).FirstOrDefault();

    private static string[] XmlFiles(string folder) => [.. Directory.EnumerateFiles(folder, "*.xml",
        new EnumerationOptions { MatchCasing = MatchCasing.CaseInsensitive }).Order(StringComparer.Ordinal)];
}
