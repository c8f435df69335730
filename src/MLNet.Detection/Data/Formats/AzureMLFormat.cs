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

    protected override IEnumerable<FoundImage> Read(string path, DatasetAssembly assembly, string imageFolder)
    {
        var number = 0;
        foreach (var line in Lines(path))
        {
            number++;
            if (!string.IsNullOrWhiteSpace(line))
                yield return Image(Parse(line, path, number), imageFolder);
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

    private static FoundImage Image(JsonField image, string imageFolder)
    {
        var url = image["image_url"];
        var details = image.Find("image_details");
        var (width, height) = (details?.Find("width")?.Pixels(), details?.Find("height")?.Pixels());
        return new(FileName(url.Text(), imageFolder), [.. image["label"].Items().Select(Box)], url.Place)
        {
            Size = width is { } w && height is { } h ? (w, h) : null, Normalized = true,
        };
    }

    private static FoundBox Box(JsonField box) => new(
        box["label"].Text(), box["topX"].Number(), box["topY"].Number(), box["bottomX"].Number(),
        box["bottomY"].Number(), box.Place)
    {
        Crowd = box.Find("isCrowd")?.Flag() ?? false,
    };

    // Of an address in a data store, the longest tail that exists below the image folder.
    private static string FileName(string url, string imageFolder)
    {
        if (!url.Contains("://"))
            return url;
        const string Paths = "/paths/";
        var path = url.IndexOf(Paths, StringComparison.Ordinal) is >= 0 and var at ? url[(at + Paths.Length)..]
            : url[(url.IndexOf("://", StringComparison.Ordinal) + 3)..];
        var parts = Uri.UnescapeDataString(path).Split('/');
        var tails = Enumerable.Range(0, parts.Length).Select(first => string.Join('/', parts[first..]));
        return parts.Contains("..") ? string.Join('/', parts)
            : tails.FirstOrDefault(tail => File.Exists(Path.Combine(imageFolder, tail))) ?? parts[^1];
    }

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
