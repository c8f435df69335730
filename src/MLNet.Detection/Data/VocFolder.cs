namespace MLNet.Detection.Data;

/// <summary>The files of a Pascal VOC folder.</summary>
internal sealed class VocFolder
{
    private readonly string _folder;
    private readonly string _annotations;

    public VocFolder(string folder)
    {
        (_folder, _annotations) = (folder, Path.Combine(folder, "Annotations"));
        if (!Directory.Exists(_annotations) && HasFlatLayout(folder))
            _annotations = folder;
        if (!Directory.Exists(_annotations))
            throw new DatasetException(
                _annotations, "", "the folder does not exist",
                "Give the folder that holds Annotations and JPEGImages.");
        Names = [.. Directory.EnumerateFiles(_annotations, "*.xml")
            .Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal)];
    }

    /// <summary>Whether XML files lie in the folder itself, beside their pictures.</summary>
    public static bool HasFlatLayout(string folder) =>
        Directory.Exists(folder) && Directory.EnumerateFiles(folder, "*.xml").Any();

    /// <summary>All annotated images, by name without extension, sorted.</summary>
    public IReadOnlyList<string> Names { get; }

    public string AnnotationPath(string name) => Path.Combine(_annotations, name + ".xml");

    public ImageFolder Images(VocOptions options) =>
        new(options.ImageFolder ?? (_annotations == _folder ? _folder : Path.Combine(_folder, "JPEGImages")),
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
            // A line is a name, or in the lists of one class a name and 1, 0 or -1.
            var name = lines[line].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).FirstOrDefault();
            if (name is null)
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

    private string SplitPath(string split) => Path.Combine(_folder, "ImageSets", "Main", split + ".txt");
}
