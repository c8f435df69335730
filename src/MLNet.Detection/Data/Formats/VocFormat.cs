namespace MLNet.Detection.Data.Formats;

/// <summary>Pascal VOC's folder.</summary>
internal sealed class VocFormat : DatasetFormat
{
    private static readonly string[] Usual = ["train", "val", "test"];

    public override string Name => "voc";

    public override string Description => "a folder with Annotations/*.xml and JPEGImages, or a list in its ImageSets";

    private protected override DatasetTraits Holds => DatasetTraits.Difficult;

    public override bool Recognizes(string path) => Directory.Exists(path)
        ? VocFolder.HasAnnotations(path) || VocFolder.HasFlatLayout(path)
        : FolderOfList(path) is not null;

    public override IReadOnlyList<string> Splits(string path)
    {
        if (FolderOfList(path) is not null)
            return [];
        var known = new VocFolder(path).KnownSplits();
        // The challenge's trainval is train and val once more.
        var union = known.Contains("train") && known.Contains("val") ? "trainval" : "";
        return [.. known.Where(name => name != union).OrderBy(Rank)];

        static int Rank(string name) => Array.IndexOf(Usual, name) is >= 0 and var at ? at : Usual.Length;
    }

    public override DetectionDataset Load(string path, DatasetOptions? options = null)
    {
        options ??= new();
        var list = FolderOfList(path);
        return VocDataset.Load(
            list ?? path, list is null ? options.Split : Path.GetFileNameWithoutExtension(path), new()
        {
            Categories = options.Categories, Coordinates = options.VocCoordinates,
            MissingImages = options.MissingImages, ImageFolder = options.ImageFolder,
        });
    }

    private protected override void Write(IReadOnlyList<DatasetSplit> splits, string path, bool overwrite)
    {
        OutputFile.RequireEmpty(path, overwrite);
        var names = new UniqueNames();
        foreach (var split in splits)
        {
            var list = new List<string>();
            foreach (var image in split.Dataset.Images)
            {
                var name = names.Next(Path.ChangeExtension(image.FileName, null).Replace('/', '_'));
                list.Add(name);
                using var file = OutputFile.Create(Path.Combine(path, "Annotations", name + ".xml"), overwrite);
                VocWriter.Write(image, Writable(image), split.Dataset.Categories, file);
            }
            if (split.Name.Length == 0)
                continue;
            using var lines = new StreamWriter(
                OutputFile.Create(Path.Combine(path, "ImageSets", "Main", split.Name + ".txt"), overwrite));
            list.ForEach(lines.WriteLine);
        }
    }

    public override string ImageFolder(string path, string split = "") => Path.Combine(path, "JPEGImages");

    // The data set's folder when the path is one of its lists: <folder>/ImageSets/Main/<split>.txt
    private static string? FolderOfList(string path)
    {
        var main = Path.GetDirectoryName(Path.GetFullPath(path));
        var sets = Path.GetDirectoryName(main);
        return File.Exists(path) && Is(main, "Main") && Is(sets, "ImageSets")
            ? Path.GetDirectoryName(sets) : null;

        static bool Is(string? path, string name) =>
            string.Equals(Path.GetFileName(path), name, StringComparison.OrdinalIgnoreCase);
    }
}
