using System.Text.Json;

namespace MLNet.Detection.Data;

/// <summary>
/// One pass over a COCO or LVIS file, through a buffer, that keeps only what a detector and its evaluation need:
/// segmentations, by far the most of such a file, are counted and skipped without being built.
/// </summary>
/// <param name="file">The file.</param>
/// <param name="forEvaluation">
/// Whether pictures may lack names, and annotations ids: an evaluation reads none of them. They are empty or 0 then.
/// </param>
/// <param name="outlines">Whether segmentations are read.</param>
internal sealed class CocoParser(JsonSource file, bool forEvaluation = false, bool outlines = false)
{
    private readonly CocoContent _content = new();

    private delegate void ReadElement(ref JsonCursor json, JsonPlace at);

    /// <exception cref="DatasetException">
    /// The file cannot be read or is not well formed, a list or a key is missing.
    /// </exception>
    public CocoContent Parse()
    {
        try
        {
            return ReadLists();
        }
        catch (JsonException error)
        {
            throw file.SyntaxError(error);
        }
    }

    private CocoContent ReadLists()
    {
        using var stream = file.Open();
        var json = new JsonCursor(file, stream);
        var missing = new SortedSet<string> { "annotations", "categories", "images" };
        json.Read();
        json.Expect(JsonTokenType.StartObject, new("$"),
            "an object with \"images\", \"annotations\" and \"categories\"");
        while (json.NextProperty() is { } section)
        {
            missing.Remove(section);
            switch (section)
            {
                case "annotations": ReadList(ref json, section, ReadAnnotation); break;
                case "categories": ReadList(ref json, section, ReadCategory); break;
                case "images": ReadList(ref json, section, ReadImage); break;
                default: json.Skip(); break;
            }
        }
        json.Read();   // anything but white space after the closing brace is a syntax error
        return missing.Count == 0 ? _content : throw file.Place(new("$")).Error(
            $"the list \"{missing.Min}\" is missing",
            "A COCO file holds \"images\", \"annotations\" and \"categories\"; an empty list is written [].");
    }

    private static void ReadList(ref JsonCursor json, string section, ReadElement readElement)
    {
        json.Expect(JsonTokenType.StartArray, new(section), "a list");
        for (var index = 0; json.NextElement(); index++)
        {
            var at = new JsonPlace(section, index, json.Offset);
            json.Expect(JsonTokenType.StartObject, at, "an object");
            readElement(ref json, at);
        }
    }

    private void ReadCategory(ref JsonCursor json, JsonPlace at)
    {
        long? id = null;
        string? name = null, frequency = null;
        while (json.NextProperty() is { } key)
            switch (key)
            {
                case "id": id = json.Integer(at.Key("id")); break;
                case "name": name = json.String(at.Key("name")); break;
                case "frequency": frequency = json.String(at.Key("frequency")); break;
                default: json.Skip(); break;
            }
        _content.Categories.Add(new(at, Required(id, "id", at), Required(name, "name", at), frequency));
    }

    private void ReadImage(ref JsonCursor json, JsonPlace at)
    {
        long? id = null;
        var (width, height) = (0L, 0L);
        string? fileName = null;
        long[]? negative = null, notExhaustive = null;
        while (json.NextProperty() is { } key)
            switch (key)
            {
                case "id": id = json.Integer(at.Key("id")); break;
                case "file_name": fileName = json.String(at.Key("file_name")); break;
                case "width": width = Size(ref json, at.Key(key)); break;
                case "height": height = Size(ref json, at.Key(key)); break;
                case "neg_category_ids": negative = ReadIds(ref json, at.Key(key)); break;
                case "not_exhaustive_category_ids": notExhaustive = ReadIds(ref json, at.Key(key)); break;
                default: json.Skip(); break;
            }
        if (forEvaluation)
            fileName ??= "";
        _content.Images.Add(new(at, Required(id, "id", at), Required(fileName, "file_name", at), width, height,
            negative, notExhaustive));
    }

    private static long Size(ref JsonCursor json, JsonPlace at) =>
        json.Type == JsonTokenType.Null ? 0 : json.Integer(at);

    private void ReadAnnotation(ref JsonCursor json, JsonPlace at)
    {
        long? id = null, image = null, category = null;
        CocoBox? box = null;
        var area = double.NaN;
        bool crowd = false, difficult = false;
        while (json.NextProperty() is { } key)
            switch (key)
            {
                case "id": id = json.Integer(at.Key("id")); break;
                case "image_id": image = json.Integer(at.Key("image_id")); break;
                case "category_id": category = json.Integer(at.Key("category_id")); break;
                case "bbox": box = ReadBox(ref json, at.Key("bbox")); break;
                case "area" when json.Type == JsonTokenType.Null: break;
                case "area": area = json.Double(at.Key("area")); break;
                case "iscrowd": crowd = json.Flag(at.Key("iscrowd")); break;
                case "difficult": difficult = json.Flag(at.Key("difficult")); break;
                case "segmentation" when outlines: ReadOutline(ref json, at); break;
                case "segmentation": _content.Segmentations += json.Skip() ? 1 : 0; break;
                case "keypoints": _content.Keypoints += json.Skip() ? 1 : 0; break;
                default: json.Skip(); break;
            }
        _content.Annotations.Add(new(
            at.Index, at.Offset, forEvaluation ? id ?? 0 : Required(id, "id", at), Required(image, "image_id", at),
            Required(category, "category_id", at), Required(box, "bbox", at), area, crowd, difficult));
    }

    private void ReadOutline(ref JsonCursor json, JsonPlace at)
    {
        if (new CocoOutline(file, at.Key("segmentation")).Read(ref json) is { } outline)
            _content.Outlines[at.Index] = outline;
    }

    private static long[] ReadIds(ref JsonCursor json, JsonPlace at)
    {
        json.Expect(JsonTokenType.StartArray, at, "a list of categories");
        var ids = new List<long>();
        while (json.NextElement())
            ids.Add(json.Integer(at));
        return [.. ids];
    }

    private CocoBox ReadBox(ref JsonCursor json, JsonPlace at)
    {
        json.Expect(JsonTokenType.StartArray, at, "[x, y, width, height]");
        var offset = json.Offset;
        Span<double> numbers = stackalloc double[4];
        var count = 0;
        for (; json.NextElement(); count++)
            numbers[Math.Min(count, 3)] = json.Double(at);
        return count == 4 ? new(numbers[0], numbers[1], numbers[2], numbers[3])
            : throw file.Place(at with { Offset = offset }).Error(
            $"found {count} numbers where [x, y, width, height] belongs",
            "Correct the box or remove the annotation.");
    }

    private T Required<T>(T? value, string key, JsonPlace at) where T : struct => value ?? throw Missing(key, at);

    private T Required<T>(T? value, string key, JsonPlace at) where T : class => value ?? throw Missing(key, at);

    private DatasetException Missing(string key, JsonPlace at) => file.Place(at).Error(
        $"the key \"{key}\" is missing", "Add it, or export the annotations again.");
}
