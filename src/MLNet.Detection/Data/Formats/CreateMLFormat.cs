using System.Text.Json;

namespace MLNet.Detection.Data.Formats;

/// <summary>Create ML's JSON: a list of pictures with boxes by their centres, in pixels.</summary>
internal sealed class CreateMLFormat : NamedClassFormat
{
    public override string Name => "createml";

    public override string Description => "a JSON list of objects with \"image\" and \"annotations\"";

    private protected override DatasetTraits Holds => DatasetTraits.None;

    public override bool Recognizes(string path) => JsonKind.IsList(path);

    protected override IEnumerable<FoundImage> Read(
        string path, DatasetAssembly assembly, DatasetOptions options) =>
        Elements(path).Select((image, index) => Image(new(image, path, $"[{index}]")));

    protected override void Write(DetectionDataset dataset, Stream file) => JsonSerializer.Serialize(
        file, dataset.Images.Select(image => new
    {
        image = image.FileName,
        annotations = Writable(image).Select(box => new
        {
            label = dataset.Categories[box.Category].Name, coordinates = Coordinates(box),
        }),
    }));

    // An element at a time: the list is never in memory as a whole.
    private static IEnumerable<JsonElement> Elements(string path)
    {
        var source = new JsonSource(path);
        using var stream = source.Open();
        using var elements = JsonSerializer.DeserializeAsyncEnumerable<JsonElement>(stream)
            .ToBlockingEnumerable().GetEnumerator();
        while (Next(elements, source))
            yield return elements.Current;
    }

    private static bool Next(IEnumerator<JsonElement> elements, JsonSource source)
    {
        try
        {
            return elements.MoveNext();
        }
        catch (JsonException error)
        {
            throw source.SyntaxError(error);
        }
    }

    private static FoundImage Image(JsonField image)
    {
        var name = image.Find("image", "imagefilename") ?? image["image"];
        var boxes = image.Find("annotations", "annotation")?.Items() ?? [];
        return new(name.Text(), [.. boxes.Select(Box)], name.Place);
    }

    private static FoundBox Box(JsonField box)
    {
        var at = box["coordinates"];
        return FoundBox.FromCenter(box["label"].Text(), at["x"].Number(), at["y"].Number(), at["width"].Number(),
            at["height"].Number(), box.Place);
    }

    private static object Coordinates(LabeledBox box)
    {
        var (x0, y0, x1, y1) = ((double)box.Box.X0, (double)box.Box.Y0, (double)box.Box.X1, (double)box.Box.Y1);
        return new { x = (x0 + x1) / 2, y = (y0 + y1) / 2, width = x1 - x0, height = y1 - y0 };
    }
}
