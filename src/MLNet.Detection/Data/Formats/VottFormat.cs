using System.Globalization;
using System.Text.Json;

namespace MLNet.Detection.Data.Formats;

/// <summary>The JSON that Microsoft's VoTT exports: tags, and assets with regions in pixels.</summary>
internal sealed class VottFormat : FileFormat
{
    private const string Version = "2.2.0";
    private static readonly string[] Colors = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"];

    public override string Name => "vott";

    public override string Description => "a JSON file with \"tags\" and \"assets\"";

    private protected override DatasetTraits Holds => DatasetTraits.Classes;

    public override bool Recognizes(string path) => JsonKind.HasProperty(path, "assets");

    public override DetectionDataset Load(string path, DatasetOptions? options = null)
    {
        options ??= new();
        var project = JsonField.Load(path);
        string[] tags = [.. project["tags"].Items().Select(tag => tag["name"].Text())];
        var assembly = new DatasetAssembly(
            path, new ImageFolder(ImagesOf(path, options), options.MissingImages), tags);
        foreach (var asset in project["assets"].Members())
            assembly.Add(Image(asset, assembly));
        var dataset = assembly.Build(firstId: 0);
        return options.Categories is { } wanted ? dataset.WithClasses(wanted) : dataset;
    }

    protected override void Write(DetectionDataset dataset, Stream file) => JsonSerializer.Serialize(file, new
    {
        name = Path.GetFileNameWithoutExtension(dataset.Source),
        version = Version,
        tags = dataset.Categories.Select(
            (category, index) => new { name = category.Name, color = Colors[index % Colors.Length] }),
        assets = dataset.Images.ToDictionary(
            image => image.Id.ToString(CultureInfo.InvariantCulture), image => Asset(image, dataset.Categories)),
    });

    private static FoundImage Image(JsonField entry, DatasetAssembly assembly)
    {
        var asset = entry["asset"];
        var size = asset.Find("size");
        var (width, height) = (size?.Find("width")?.Pixels(), size?.Find("height")?.Pixels());
        var boxes = entry.Find("regions")?.Items().SelectMany(region => Boxes(region, assembly)) ?? [];
        return new(asset["name"].Text(), [.. boxes], asset.Place)
        {
            Size = width is { } w && height is { } h ? (w, h) : null,
        };
    }

    // A region with two tags is two objects.
    private static IEnumerable<FoundBox> Boxes(JsonField region, DatasetAssembly assembly)
    {
        var box = region["boundingBox"];
        var (x, y) = (box["left"].Number(), box["top"].Number());
        var (width, height) = (box["width"].Number(), box["height"].Number());
        var isPolygon = region.Find("type")?.Text() == "POLYGON";
        assembly.AddUnread("polygons; their bounding boxes are taken", isPolygon ? 1 : 0);
        FoundBox[] boxes = [.. region["tags"].Items()
            .Select(tag => new FoundBox(tag.Text(), x, y, x + width, y + height, region.Place))];
        if (boxes.Length == 0)
            assembly.AddProblem(region.Place.Problem("the region has no tag; dropped"));
        return boxes;
    }

    private object Asset(LabeledImage image, IReadOnlyList<Category> categories)
    {
        const int Tagged = 2, Picture = 1;
        var id = image.Id.ToString(CultureInfo.InvariantCulture);
        return new
        {
            asset = new
            {
                format = Path.GetExtension(image.FileName).TrimStart('.'), id, name = image.FileName,
                path = "file:" + image.FileName, size = new { width = image.Width, height = image.Height },
                state = Tagged, type = Picture,
            },
            regions = Writable(image).Select(box => Region(box, categories[box.Category].Name)),
            version = Version,
        };
    }

    private static object Region(LabeledBox box, string tag)
    {
        var (x0, y0, x1, y1) = ((double)box.Box.X0, (double)box.Box.Y0, (double)box.Box.X1, (double)box.Box.Y1);
        return new
        {
            id = box.Id.ToString(CultureInfo.InvariantCulture),
            type = "RECTANGLE",
            tags = new[] { tag },
            boundingBox = new { left = x0, top = y0, width = x1 - x0, height = y1 - y0 },
            points = new[]
            {
                new { x = x0, y = y0 }, new { x = x1, y = y0 }, new { x = x1, y = y1 }, new { x = x0, y = y1 },
            },
        };
    }
}
