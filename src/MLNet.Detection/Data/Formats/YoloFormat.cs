namespace MLNet.Detection.Data.Formats;

/// <summary>YOLO's text files with data.yaml.</summary>
internal sealed class YoloFormat : DatasetFormat
{
    public override string Name => "yolo";

    public override string Description => "a data.yaml, or a folder with one, or with classes.txt, images and labels";

    private protected override DatasetTraits Holds => DatasetTraits.Classes | DatasetTraits.Outlines;

    public override bool Recognizes(string path) =>
        YoloConfig.Find(path) is { } file && YoloConfig.ListsClasses(file);

    public override IReadOnlyList<string> Splits(string path) => Existing(Config(path));

    public override DetectionDataset Load(string path, DatasetOptions? options = null)
    {
        options ??= new();
        var config = Config(path);
        var sources = Sources(config, options.Split);
        if (options.ImageFolder is { } wanted)
            RequireThere(config, sources, Path.GetFullPath(wanted));
        var images = YoloImages.Of(config.Root, sources, config.File);
        var assembly = new DatasetAssembly(
            config.File, new ImageFolder(images.Folder, options.MissingImages), config.Classes);
        var labels = new YoloLabels(config, assembly);
        var labelled = 0;
        foreach (var (name, place) in images.Names)
        {
            // A picture without objects may have no label file.
            var file = YoloImages.LabelPath(Path.Combine(images.Folder, name));
            var found = File.Exists(file);
            labelled += found ? 1 : 0;
            assembly.Add(new(name, found ? labels.Read(file) : [], place) { Normalized = true });
        }
        if (labelled == 0 && images.Names.Count > 0)
            throw NoLabels(config, Path.Combine(images.Folder, images.Names[0].Name));
        foreach (var file in images.Foreign)
            assembly.AddProblem(new(file, "", "neither JPEG nor PNG; skipped with its boxes"));
        var dataset = assembly.Build(firstId: 0);
        return options.Categories is { } classes ? dataset.WithClasses(classes) : dataset;
    }

    private protected override void Write(IReadOnlyList<DatasetSplit> splits, string path, bool overwrite)
    {
        OutputFile.RequireEmpty(path, overwrite);
        foreach (var split in splits)
            YoloWriter.WriteLabels(split, path, Writable, overwrite);
        YoloWriter.WriteConfig(splits, path, overwrite);
    }

    public override string ImageFolder(string path, string split = "") => Path.Combine(path, "images", split);

    private static YoloConfig Config(string path) => YoloConfig.Load(YoloConfig.Find(path)
        ?? throw new DatasetException(
            path, "", "there is neither a yaml file nor a classes.txt",
            "Give a data.yaml, or a folder with one, or a folder with classes.txt, images and labels."));

    private static IReadOnlyList<string> Sources(YoloConfig config, string? split)
    {
        if (split is not null)
            return config.Splits.TryGetValue(split, out var sources) ? sources : throw new DatasetException(
                config.File, "", $"there is no \"{split}\"",
                $"It has {string.Join(", ", config.Splits.Keys.DefaultIfEmpty("no parts"))}.");
        var images = Path.Combine(config.Root, "images");
        return config.Splits.Count > 0
            ? [.. Existing(config).DefaultIfEmpty(config.Splits.Keys.First()).SelectMany(key => config.Splits[key])]
            : [Directory.Exists(images) ? images : config.Root];
    }

    // Exporters name a test set also where they wrote none.
    private static string[] Existing(YoloConfig config) =>
        [.. config.Splits.Where(part => part.Value.All(Path.Exists)).Select(part => part.Key)];

    // Labels are found by their pictures: these cannot be looked for in another folder.
    private static void RequireThere(YoloConfig config, IReadOnlyList<string> sources, string wanted)
    {
        if (sources.FirstOrDefault(source => !IsBelow(source, wanted) && !IsBelow(wanted, source)) is { } other)
            throw new DatasetException(
                config.File, "", $"the image folder {wanted} has no effect: the pictures of a YOLO data set are where this file "
                + $"says, in {other}", "Leave the image folder out, or correct the paths in the file.");
    }

    private static bool IsBelow(string path, string folder) =>
        (path + Path.DirectorySeparatorChar).StartsWith(
            Path.TrimEndingDirectorySeparator(folder) + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    private static DatasetException NoLabels(YoloConfig config, string image) => new(
        config.File, "", $"no picture has a label file; the first should be {YoloImages.LabelPath(image)}",
        "Put labels beside the pictures, or into a folder \"labels\" like the pictures' folder \"images\".");
}
