
namespace MLNet.Detection.Data.MaskFormats;

/// <summary>A folder for each picture, with the picture in <c>images</c> and a file for each object in <c>masks</c>: the 2018
/// Data Science Bowl's form.</summary>
internal sealed class ObjectFolders : MaskFormat
{
    public override string Name => "object-masks";

    public override string Description => "a folder for each picture, with images/NAME.png and masks/*.png, a file an object";

    public override bool Recognizes(string path) => Directory.Exists(path) && (Pictures(path).Any()
        || Splits(path).Any(part => Pictures(Path.Combine(path, part)).Any()));

    public override IReadOnlyList<string> Splits(string path) => !Directory.Exists(path) ? []
        : [.. ((string[])["train", "val", "test"]).Where(part => Pictures(Path.Combine(path, part)).Any())];

    public override DetectionDataset Load(string path, MaskOptions? options = null)
    {
        options ??= new();
        if (options.Classes.Count > 1)
            throw new ArgumentException($"{path}: masks of objects have one class, but {options.Classes.Count} are named.");
        string[] parts = options.Split is { } wanted ? [wanted] : Splits(path) is { Count: > 0 } all ? [.. all] : [""];
        var assembly = new MaskAssembly(path);
        foreach (var folder in parts.SelectMany(part => Pictures(Path.Combine(path, part))))
        {
            var masks = PictureFiles.Of(Path.Combine(folder, "masks"));
            foreach (var picture in PictureFiles.Of(Path.Combine(folder, "images")))
                assembly.Add(picture, Path.GetRelativePath(path, picture), (width, height) =>
                {
                    foreach (var mask in masks)
                        MaskNumbers.Check(mask, width, height);
                    return masks.Count == 0 ? null : new ObjectFiles(masks, width, height);
                });
        }
        return assembly.Build(options.Classes.Count == 1 ? options.Classes : ["object"]);
    }

    private static IEnumerable<string> Pictures(string path) => !Directory.Exists(path) ? []
        : Directory.GetDirectories(path).Order(StringComparer.Ordinal).Where(folder =>
            Directory.Exists(Path.Combine(folder, "images")) && Directory.Exists(Path.Combine(folder, "masks")));
}
