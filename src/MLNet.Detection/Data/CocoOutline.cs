using System.Text.Json;
using MLNet.Detection.Masks;

namespace MLNet.Detection.Data;

/// <summary>A segmentation of COCO: polygons [[x, y, ...], ...], or run lengths {"size": [height, width], "counts": ...} as
/// numbers or as text.</summary>
internal sealed class CocoOutline(JsonSource file, JsonPlace at)
{
    /// <summary>Reads it; null where there is none.</summary>
    /// <exception cref="DatasetException">It is neither, or breaks off.</exception>
    public Outline? Read(ref JsonCursor json)
    {
        if (json.Type == JsonTokenType.Null)
            return null;
        if (json.Type == JsonTokenType.StartObject)
            return RunLengths(ref json);
        json.Expect(JsonTokenType.StartArray, at, "polygons [[x, y, ...], ...], or run lengths");
        var (polygons, alone) = (new List<float[]>(), new List<float>());
        while (json.NextElement())
            if (json.Type == JsonTokenType.StartArray)
            {
                var points = new List<float>();
                while (json.NextElement())
                    points.Add((float)json.Double(at));
                polygons.Add(Points(points));
            }
            else
                alone.Add((float)json.Double(at));
        if (alone.Count > 0)
            polygons.Add(Points(alone));
        return polygons.Count == 0 ? null : new PolygonOutline(polygons);
    }

    private float[] Points(List<float> numbers) => numbers.Count % 2 == 0 && numbers.TrueForAll(float.IsFinite) ? [.. numbers]
        : throw file.Place(at).Error($"a polygon has {numbers.Count} numbers", "Expected x and y of each point, in turn.");

    private RunLengthOutline RunLengths(ref JsonCursor json)
    {
        var (size, counts, text) = (new List<long>(), new List<int>(), (string?)null);
        while (json.NextProperty() is { } key)
            switch (key)
            {
                case "size":
                    json.Expect(JsonTokenType.StartArray, at, "[height, width]");
                    while (json.NextElement())
                        size.Add(json.Integer(at));
                    break;
                case "counts" when json.Type == JsonTokenType.String: text = json.String(at); break;
                case "counts":
                    json.Expect(JsonTokenType.StartArray, at, "run lengths");
                    while (json.NextElement())
                        counts.Add((int)Math.Clamp(json.Integer(at), -1, int.MaxValue));
                    break;
                default: json.Skip(); break;
            }
        if (size is not [> 0 and <= int.MaxValue and var height, > 0 and <= int.MaxValue and var width])
            throw file.Place(at).Error($"the size of the run lengths is [{string.Join(", ", size)}]", "Expected [height, width].");
        try
        {
            return text is null ? new((int)width, (int)height, counts) : RunLengthOutline.Parse(text, (int)width, (int)height);
        }
        catch (ArgumentException error)
        {
            throw file.Place(at).Error(error.Message.TrimEnd('.'), "Export the annotations again, or remove this one.", error);
        }
    }
}
