using System.Text.Json;
using MLNet.Detection.Masks;

namespace MLNet.Detection.Data;

/// <summary>Writes COCO's JSON format; the same data set gives the same bytes.</summary>
internal static class CocoWriter
{
    public static void Write(DetectionDataset dataset, Stream stream)
    {
        using var json = new Utf8JsonWriter(stream);
        json.WriteStartObject();
        WriteList(json, "images", dataset.Images, WriteImage);
        WriteList(json, "annotations", dataset.Images.SelectMany(image => image.Boxes, (image, box) => (image, box)),
            (writer, pair) => WriteAnnotation(writer, pair.image, pair.box, dataset.Categories[pair.box.Category].Id));
        WriteList(json, "categories", dataset.Categories, WriteCategory);
        json.WriteEndObject();
    }

    private static void WriteList<T>(
        Utf8JsonWriter json, string name, IEnumerable<T> items, Action<Utf8JsonWriter, T> write)
    {
        json.WriteStartArray(name);
        foreach (var item in items)
        {
            json.WriteStartObject();
            write(json, item);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void WriteCategory(Utf8JsonWriter json, Category category)
    {
        json.WriteNumber("id", category.Id);
        json.WriteString("name", category.Name);
    }

    private static void WriteImage(Utf8JsonWriter json, LabeledImage image)
    {
        json.WriteNumber("id", image.Id);
        json.WriteString("file_name", image.FileName);
        json.WriteNumber("width", image.Width);
        json.WriteNumber("height", image.Height);
    }

    private static void WriteAnnotation(Utf8JsonWriter json, LabeledImage image, LabeledBox label, long categoryId)
    {
        json.WriteNumber("id", label.Id);
        json.WriteNumber("image_id", image.Id);
        json.WriteNumber("category_id", categoryId);
        json.WriteStartArray("bbox");
        json.WriteNumberValue(label.Box.X0);
        json.WriteNumberValue(label.Box.Y0);
        json.WriteNumberValue((double)label.Box.X1 - label.Box.X0);   // in double: the sum gives the very corner back
        json.WriteNumberValue((double)label.Box.Y1 - label.Box.Y0);
        json.WriteEndArray();
        json.WriteNumber("area", label.Area);
        json.WriteNumber("iscrowd", label.Crowd ? 1 : 0);
        if (label.Difficult)
            json.WriteNumber("difficult", 1);
        WriteOutline(json, label.Outline, image);
    }

    private static void WriteOutline(Utf8JsonWriter json, Outline? outline, LabeledImage image)
    {
        // The pixels of LabelMe's masks.
        if (outline is PixelOutline)
            outline = new PolygonOutline([Contours.OnePolygon(outline, image.Width, image.Height)]);
        if (outline is PolygonOutline polygons)
        {
            json.WriteStartArray("segmentation");
            foreach (var polygon in polygons.Polygons)
                WriteNumbers(json, null, polygon.Select(value => (double)value));
            json.WriteEndArray();
        }
        else if (outline is RunLengthOutline run)
        {
            json.WriteStartObject("segmentation");
            WriteNumbers(json, "size", [run.Height, run.Width]);
            WriteNumbers(json, "counts", run.Counts.Select(count => (double)count));
            json.WriteEndObject();
        }
    }

    private static void WriteNumbers(Utf8JsonWriter json, string? name, IEnumerable<double> numbers)
    {
        if (name is null)
            json.WriteStartArray();
        else
            json.WriteStartArray(name);
        foreach (var number in numbers)
            json.WriteNumberValue(number);
        json.WriteEndArray();
    }
}
