using System.Text.Json;
using MLNet.Detection.Evaluation;

namespace MLNet.Detection.Tests.Evaluation;

/// <summary>36 made pictures with 132 objects of 5 categories, 246 detections, and what tidecv 1.0.1 (at numpy's
/// recall levels) and lvis 0.5 say of them.</summary>
internal static class ErrorsLvisSet
{
    private const string Group = "16_errors_lvis";

    public static string Annotations => References.PathOf(Group, "gt.json");

    public static string Results => References.PathOf(Group, "dets.json");

    public static JsonElement Expected(string file)
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(References.PathOf(Group, file)));
        return json.RootElement.Clone();
    }

    public static (CocoAnnotations Truths, IReadOnlyList<DetectionResult> Results) Load()
    {
        var truths = CocoAnnotations.Load(Annotations);
        return (truths, CocoResults.Load(Results, truths));
    }
}
