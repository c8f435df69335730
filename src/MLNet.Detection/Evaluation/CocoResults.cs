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
    /// The file cannot be read or is not well formed, an entry or value is null or of another kind, a key is missing, or
    /// a detection is in a picture that the annotations lack; the message names line, entry and key.
    /// </exception>
    public static IReadOnlyList<DetectionResult> Load(string path, CocoAnnotations? annotations = null) =>
        new CocoResultParser(new JsonSource(path), annotations).Parse();

    /// <summary>Writes a results file.</summary>
    /// <param name="results">The detections.</param>
    /// <param name="path">The file.</param>
    /// <param name="overwrite">Whether a file of that name is replaced.</param>
    /// <exception cref="IOException">
    /// The file exists and <paramref name="overwrite"/> is false, or cannot be written.
    /// </exception>
    public static void Save(IEnumerable<DetectionResult> results, string path, bool overwrite = false)
    {
        using var stream = OutputFile.Create(path, overwrite);
        JsonSerializer.Serialize(stream, results.Select(result => new Entry(
            result.ImageId, result.CategoryId, [result.Box.X, result.Box.Y, result.Box.Width, result.Box.Height],
            result.Score)));
    }

    private sealed record Entry(
        [property: JsonPropertyName("image_id")] long ImageId,
        [property: JsonPropertyName("category_id")] long CategoryId,
        [property: JsonPropertyName("bbox")] double[] Box,
        [property: JsonPropertyName("score")] double Score);
}
