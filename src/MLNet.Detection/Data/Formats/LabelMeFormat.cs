using System.Text.Json;
using MLNet.Detection.Masks;

namespace MLNet.Detection.Data.Formats;

/// <summary>LabelMe's JSON files, one beside each picture.</summary>
internal sealed class LabelMeFormat : DatasetFormat
{
    private static readonly string[] SplitFolders = ["train", "val", "test"];

    public override string Name => "labelme";

    public override string Description => "a folder of JSON files with \"shapes\" and \"imagePath\"";

    private protected override DatasetTraits Holds =>
        DatasetTraits.Crowd | DatasetTraits.Difficult | DatasetTraits.Outlines;

    public override bool Recognizes(string path) =>
        Directory.Exists(path) && Files(path).Take(1).Any(file => JsonKind.HasProperty(file, "shapes"));

    public override IReadOnlyList<string> Splits(string path) =>
        [.. SplitFolders.Where(split => Directory.Exists(Path.Combine(path, split)))];

    public override DetectionDataset Load(string path, DatasetOptions? options = null)
    {
        options ??= new();
        var folder = Path.GetFullPath(Path.Combine(path, options.Split ?? ""));
        if (!Directory.Exists(folder))
            throw new DatasetException(folder, "", "the folder does not exist", "Correct the path or the part.");
        var images = new ImageFolder(options.ImageFolder ?? folder, options.MissingImages);
        var pictures = new LabelMePictures(Path.GetFullPath(path), folder, options.ImageFolder is null ? null : images);
        var assembly = new DatasetAssembly(folder, images, options.Categories);
        var shapes = new LabelMeShapes(assembly);
        foreach (var file in Files(folder))
        {
            var document = JsonField.Load(file);
            var name = document["imagePath"];
            var (width, height) = (document.Find("imageWidth")?.Pixels(), document.Find("imageHeight")?.Pixels());
            assembly.Add(new(
                pictures.NameOf(file, name), [.. shapes.Boxes(document["shapes"].Items())], name.Place)
            {
                Size = width is { } w && height is { } h ? (w, h) : null,
            });
        }
        return assembly.Build();
    }

    public override string ImageFolder(string path, string split = "") => Path.Combine(path, split);

    private protected override void Write(IReadOnlyList<DatasetSplit> splits, string path, bool overwrite)
    {
        OutputFile.RequireEmpty(path, overwrite);
        foreach (var split in splits)
        {
            var names = new UniqueNames();
            foreach (var image in split.Dataset.Images)
            {
                var name = names.Next(Path.ChangeExtension(image.FileName, null)) + ".json";
                using var file = OutputFile.Create(Path.Combine(path, split.Name, name), overwrite);
                JsonSerializer.Serialize(file, Document(image, split.Dataset.Categories));
            }
        }
    }

    private static IEnumerable<string> Files(string folder) =>
        Directory.EnumerateFiles(folder, "*.json", SearchOption.AllDirectories).Order(StringComparer.Ordinal);

    private object Document(LabeledImage image, IReadOnlyList<Category> categories) => new
    {
        version = "5.0.1",
        flags = new { },
        shapes = Writable(image).Select(box => (Box: box, Polygon: PolygonOf(box, image))).Select(shape => new
        {
            label = categories[shape.Box.Category].Name,
            points = shape.Polygon is { } polygon ? [.. polygon.Chunk(2)]
                : new[] { new[] { shape.Box.Box.X0, shape.Box.Box.Y0 }, [shape.Box.Box.X1, shape.Box.Box.Y1] },
            group_id = (int?)null,
            shape_type = shape.Polygon is not null ? "polygon" : "rectangle",
            flags = new Dictionary<string, bool> { ["crowd"] = shape.Box.Crowd, ["difficult"] = shape.Box.Difficult }
                .Where(flag => flag.Value).ToDictionary(),
        }),
        imagePath = Path.GetFileName(image.FileName),
        imageData = (string?)null,
        imageHeight = image.Height,
        imageWidth = image.Width,
    };
}
