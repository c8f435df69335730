using System.Text.Json;

namespace MLNet.Detection.Data.Formats;

/// <summary>
/// Azure ML's JSON lines: a picture a line, boxes in parts of it. Written lines have bare file names; put the address
/// of your data store in front.
/// </summary>
internal sealed class AzureMLFormat : NamedClassFormat
{
    public override string Name => "azureml";

    public override string Description => "a .jsonl file of objects with \"image_url\" and \"label\"";

    private protected override DatasetTraits Holds => DatasetTraits.Crowd;

    public override bool Recognizes(string path) =>
        Path.GetExtension(path).Equals(".jsonl", StringComparison.OrdinalIgnoreCase) && File.Exists(path);

    protected override IEnumerable<FoundImage> Read(
        string path, DatasetAssembly assembly, DatasetOptions options)
    {
        var number = 0;
        foreach (var line in Lines(path))
        {
            number++;
            if (!string.IsNullOrWhiteSpace(line))
                yield return Image(Parse(line, path, number), assembly);
        }
    }

    protected override void Write(DetectionDataset dataset, Stream file)
    {
        foreach (var image in dataset.Images)
        {
            JsonSerializer.Serialize(file, new
            {
                image_url = image.FileName,
                image_details = new { format = FormatOf(image.FileName), width = image.Width, height = image.Height },
                label = Writable(image).Select(box => Label(box, image, dataset.Categories[box.Category].Name)),
            });
            file.WriteByte((byte)'\n');
        }
    }

    private static IEnumerable<string> Lines(string path)
    {
        using var stream = new JsonSource(path).Open();
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
            yield return line;
    }

    private static JsonField Parse(string line, string path, int number)
    {
        try
        {
            return new(JsonElement.Parse(line), path, $"line {number}");
        }
        catch (JsonException error)
        {
            throw new DatasetException(
                path, $"line {number}, byte {error.BytePositionInLine + 1}", "the JSON is not well formed",
                "Each line is a JSON object of its own; correct this one.", error);
        }
    }

    private static FoundImage Image(JsonField image, DatasetAssembly assembly)
    {
        var url = image.Find("image_url", "imageUrl") ?? image["image_url"];
        var details = image.Find("image_details", "imageDetails");
        var (width, height) = (details?.Find("width")?.Pixels(), details?.Find("height")?.Pixels());
        return new(url.Text(), [.. image["label"].Items().Select(box => Box(box, assembly))], url.Place)
        {
            Size = width is { } w && height is { } h ? (w, h) : null, Normalized = true,
        };
    }

    private static FoundBox Box(JsonField box, DatasetAssembly assembly)
    {
        var (label, crowd) = (box["label"].Text(), box.Find("isCrowd")?.Flag() ?? false);
        if (box.Find("polygon") is not { } polygon || box.Find("topX") is not null)
            return new(label, box["topX"].Number(), box["topY"].Number(), box["bottomX"].Number(),
                box["bottomY"].Number(), box.Place) { Crowd = crowd };
        assembly.AddUnread("polygons; their bounding boxes are taken");
        // Lists of x, y, x, y, ...: one a part of the object.
        var numbers = Numbers(polygon);
        if (numbers.Count < 4 || numbers.Count % 2 != 0)
            throw polygon.Place.Error($"found {numbers.Count} numbers in a polygon; expected x and y of each corner",
                "Correct the polygon, or remove it.");
        var (xs, ys) = (numbers.Where((_, i) => i % 2 == 0), numbers.Where((_, i) => i % 2 == 1));
        return new(label, xs.Min(), ys.Min(), xs.Max(), ys.Max(), box.Place) { Crowd = crowd };
    }

    private static List<double> Numbers(JsonField list) =>
        [.. list.Items().SelectMany(item => item.IsList ? Numbers(item) : [item.Number()])];

    private static object Label(LabeledBox box, LabeledImage image, string name) => new
    {
        label = name,
        topX = (double)box.Box.X0 / image.Width,
        topY = (double)box.Box.Y0 / image.Height,
        bottomX = (double)box.Box.X1 / image.Width,
        bottomY = (double)box.Box.Y1 / image.Height,
        isCrowd = box.Crowd ? 1 : 0,
    };

    private static string FormatOf(string fileName) => Path.GetExtension(fileName).TrimStart('.').ToLowerInvariant();
}
