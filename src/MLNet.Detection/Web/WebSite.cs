using System.Reflection;

namespace MLNet.Detection.Web;

/// <summary>Names of a page's files, and those of them that are the same for every page.</summary>
internal static class WebSite
{
    public const string Step = "step.onnx", Scores = "scores.onnx", Detector = "predict.onnx", Weights = "weights.bin",
        Data = "data.bin", Manifest = "manifest.json";

    private const string Prefix = "Web/";

    private static readonly Assembly Library = typeof(WebSite).Assembly;

    private static IEnumerable<string> Page => Library.GetManifestResourceNames()
        .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)).Select(name => name[Prefix.Length..]);

    /// <summary>All files but the runtime's.</summary>
    public static IEnumerable<string> Files => [Step, Scores, Detector, Weights, Data, Manifest, .. Page];

    public static void WritePage(string folder)
    {
        foreach (var name in Page)
        {
            using var from = Library.GetManifestResourceStream(Prefix + name)!;
            using var to = File.Create(Path.Combine(folder, name));
            from.CopyTo(to);
        }
    }
}
