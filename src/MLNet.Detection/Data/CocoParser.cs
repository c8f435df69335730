using System.Text.Json;

namespace MLNet.Detection.Data;

/// <summary>
/// One pass over a COCO file, through a buffer, that keeps only what a detector needs: segmentations, by far the most
/// of such a file, are counted and skipped without being built.
/// </summary>
internal sealed class CocoParser(JsonSource file)
{
    private readonly CocoContent _content = new();

    private delegate void ReadElement(ref JsonCursor json, JsonPlace at);

    public CocoContent Parse()
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
        string? name = null;
        while (json.NextProperty() is { } key)
            switch (key)
            {
                case "id": id = json.Integer(at.Key("id")); break;
                case "name": name = json.String(at.Key("name")); break;
                default: json.Skip(); break;
            }
        _content.Categories.Add(new(at, Required(id, "id", at), Required(name, "name", at)));
    }

    private void ReadImage(ref JsonCursor json, JsonPlace at)
    {
        long? id = null, width = null, height = null;
        string? fileName = null;
        while (json.NextProperty() is { } key)
            switch (key)
            {
                case "id": id = json.Integer(at.Key("id")); break;
                case "file_name": fileName = json.String(at.Key("file_name")); break;
                case "width": width = json.Integer(at.Key("width")); break;
                case "height": height = json.Integer(at.Key("height")); break;
                default: json.Skip(); break;
            }
        _content.Images.Add(new(
            at, Required(id, "id", at), Required(fileName, "file_name", at),
            Required(width, "width", at), Required(height, "height", at)));
    }

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
                case "area": area = json.Double(at.Key("area")); break;
                case "iscrowd": crowd = json.Flag(at.Key("iscrowd")); break;
                case "difficult": difficult = json.Flag(at.Key("difficult")); break;
                case "segmentation": _content.Segmentations += json.Skip() ? 1 : 0; break;
                case "keypoints": _content.Keypoints += json.Skip() ? 1 : 0; break;
                default: json.Skip(); break;
            }
        _content.Annotations.Add(new(
            at.Index, at.Offset, Required(id, "id", at), Required(image, "image_id", at),
            Required(category, "category_id", at), Required(box, "bbox", at), area, crowd, difficult));
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
