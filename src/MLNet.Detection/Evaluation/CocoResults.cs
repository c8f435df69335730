using System.Text.Json;
using System.Text.Json.Serialization;
using MLNet.Detection.Data;

namespace MLNet.Detection.Evaluation;

/// <summary>Detections in COCO's results format: a JSON list of image_id, category_id, bbox and score.</summary>
public static class CocoResults
{
    /// <summary>Reads a results file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="annotations">What it belongs to; null: ids are not checked.</param>
    /// <exception cref="DatasetException">
    /// The file cannot be read or is not well formed, or a detection is in a picture that the annotations lack.
    /// </exception>
    public static IReadOnlyList<DetectionResult> Load(string path, CocoAnnotations? annotations = null) =>
        JsonFile.Read(path, stream => JsonSerializer.Deserialize<Entry[]>(stream)!)
            .Select((entry, i) => Result(path, entry, i, annotations)).ToList();

    /// <summary>Writes a results file.</summary>
    /// <param name="results">The detections.</param>
    /// <param name="path">The file.</param>
    /// <param name="overwrite">Whether a file of that name is replaced.</param>
    /// <exception cref="IOException">
    /// The file exists and <paramref name="overwrite"/> is false, or cannot be written.
    /// </exception>
    public static void Save(IEnumerable<DetectionResult> results, string path, bool overwrite = false)
    {
        using var stream = new FileStream(path, overwrite ? FileMode.Create : FileMode.CreateNew);
        JsonSerializer.Serialize(stream, results.Select(result => new Entry(
            result.ImageId, result.CategoryId, [result.Box.X, result.Box.Y, result.Box.Width, result.Box.Height],
            result.Score)));
    }

    private static DetectionResult Result(string path, Entry entry, int index, CocoAnnotations? annotations)
    {
        if (entry.Box.Length != 4)
            throw new DatasetException(path, $"$[{index}]",
                $"\"bbox\" has {entry.Box.Length} numbers, expected [x, y, width, height]",
                "Export the results again.");
        if (annotations is not null && !annotations.FileNames.ContainsKey(entry.ImageId))
            throw new DatasetException(path, $"$[{index}]",
                $"no picture of {annotations.Path} has the id {entry.ImageId}",
                "Evaluate with the annotations that the detector ran on.");
        return new(entry.ImageId, entry.CategoryId, new(entry.Box[0], entry.Box[1], entry.Box[2], entry.Box[3]),
            entry.Score);
    }

    private sealed record Entry(
        [property: JsonPropertyName("image_id"), JsonRequired] long ImageId,
        [property: JsonPropertyName("category_id"), JsonRequired] long CategoryId,
        [property: JsonPropertyName("bbox"), JsonRequired] double[] Box,
        [property: JsonPropertyName("score"), JsonRequired] double Score);
}
