using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using MLNet.Detection.Boxes;
using MLNet.Detection.Evaluation;

namespace MLNet.Detection.Tool.Prediction;

/// <summary>The forms in which predictions are written.</summary>
internal static class PredictionFiles
{
    // Class and file names of any language stay readable.
    private static readonly JsonWriterOptions Format = new()
    {
        Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>A list of pictures with their objects; boxes are x0, y0, x1, y1 in pixels.</summary>
    public static void WriteJson(Stream stream, IEnumerable<PredictedPicture> pictures, IReadOnlyList<string> classes)
    {
        using var writer = new Utf8JsonWriter(stream, Format);
        new JsonArray([.. pictures.Select(picture => (JsonNode)Picture(picture, classes))]).WriteTo(writer);
    }

    /// <summary>The id that each class of a detector has in the annotations.</summary>
    /// <exception cref="ArgumentException">They lack a class of the detector, or have two of its name.</exception>
    public static long[] Ids(IReadOnlyList<string> classes, CocoAnnotations annotations) => [.. classes.Select(name =>
        annotations.Categories.Where(category => category.Name == name).Select(category => category.Id).ToArray() switch
        {
            [var id] => id,
            [] => throw new ArgumentException(
                $"{annotations.Path}: no category is named '{name}', which is a class of the detector; the categories "
                + $"are {string.Join(", ", annotations.Categories.Select(category => category.Name))}. Correct the "
                + "names in the annotations."),
            var ids => throw new ArgumentException(
                $"{annotations.Path}: the categories {string.Join(" and ", ids)} are both named '{name}', and a detection cannot have both "
                + "ids. Rename one, or give the annotations of both the same id and remove the other category."),
        })];

    /// <summary>Detections with the ids of pictures and categories in the annotations.</summary>
    /// <param name="pictures">The pictures.</param>
    /// <param name="ids">Of <see cref="Ids"/>.</param>
    public static IEnumerable<DetectionResult> Results(IEnumerable<PredictedPicture> pictures, long[] ids) =>
        pictures.SelectMany(picture => picture.Objects.Select(found => new DetectionResult(
            picture.File.Id!.Value, ids[found.Class], BoxXywh.FromBox(found.Box), found.Score)));

    private static JsonObject Picture(PredictedPicture picture, IReadOnlyList<string> classes)
    {
        var entry = new JsonObject { ["file"] = picture.File.Name };
        if (picture.Problem is { } problem)
        {
            entry["problem"] = problem;
            return entry;
        }
        (entry["width"], entry["height"]) = (picture.Width, picture.Height);
        entry["objects"] = new JsonArray([.. picture.Objects.Select(found => (JsonNode)new JsonObject
        {
            ["class"] = classes[found.Class], ["score"] = found.Score, ["box"] = Corners(found.Box),
        })]);
        return entry;
    }

    private static JsonArray Corners(Box box) => [box.X0, box.Y0, box.X1, box.Y1];
}
