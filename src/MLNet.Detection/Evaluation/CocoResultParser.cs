using System.Text.Json;
using MLNet.Detection.Data;

namespace MLNet.Detection.Evaluation;

/// <summary>One pass over a results file of COCO; errors name line, entry and key.</summary>
internal sealed class CocoResultParser(JsonSource file, CocoAnnotations? annotations)
{
    private static readonly string[] Keys = ["image_id", "category_id", "bbox", "score"];

    public List<DetectionResult> Parse()
    {
        try
        {
            using var stream = file.Open();
            var json = new JsonCursor(file, stream);
            var results = new List<DetectionResult>();
            json.Read();
            json.Expect(JsonTokenType.StartArray, new("$"), "a list of detections");
            while (json.NextElement())
                results.Add(Read(ref json, new("$", results.Count, json.Offset)));
            json.Read();   // anything but white space after the closing bracket is a syntax error
            return results;
        }
        catch (JsonException error)
        {
            throw file.SyntaxError(error);
        }
    }

    private DetectionResult Read(ref JsonCursor json, JsonPlace at)
    {
        json.Expect(JsonTokenType.StartObject, at, "a detection with " + string.Join(", ", Keys));
        var (image, category, box, score, seen) = (0L, 0L, default(BoxXywh), 0.0, 0);
        while (json.NextProperty() is { } key)
        {
            switch (key)
            {
                case "image_id": image = json.Integer(at.Key(key)); break;
                case "category_id": category = json.Integer(at.Key(key)); break;
                case "bbox": box = Box(ref json, at.Key(key)); break;
                case "score": score = json.Double(at.Key(key)); break;
                default: json.Skip(); break;
            }
            seen |= Array.IndexOf(Keys, key) is >= 0 and var bit ? 1 << bit : 0;
        }
        for (var i = 0; i < Keys.Length; i++)
            if ((seen & (1 << i)) == 0)
                throw file.Place(at).Error($"the key \"{Keys[i]}\" is missing", "Export the results again.");
        if (annotations is not null && !annotations.FileNames.ContainsKey(image))
            throw file.Place(at).Error($"no picture of {annotations.Path} has the id {image}",
                "Evaluate with the annotations that the detector ran on.");
        return new(image, category, box, score);
    }

    private BoxXywh Box(ref JsonCursor json, JsonPlace at)
    {
        json.Expect(JsonTokenType.StartArray, at, "[x, y, width, height]");
        Span<double> numbers = stackalloc double[4];
        var count = 0;
        for (; json.NextElement(); count++)
            numbers[Math.Min(count, 3)] = json.Double(at);
        return count == 4 ? new(numbers[0], numbers[1], numbers[2], numbers[3])
            : throw file.Place(at).Error($"\"bbox\" has {count} numbers, expected [x, y, width, height]",
                "Export the results again.");
    }
}
